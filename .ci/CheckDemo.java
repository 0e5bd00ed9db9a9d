import java.nio.file.Files;
import java.nio.file.Path;

/** Checks the facts of the bundled recording in the answer of {@code vsmmu demo --once --json}. */
void main(String[] arguments) throws Exception {
  String json = Files.readString(Path.of(arguments[0])).replaceAll("\\s+", "");
  String[] facts = {
    "\"name\":\"demo-e1000e\"",
    "\"commands\":640,",
    "\"CMD_SYNC\":319",
    "\"TLBI_NH_VA\":309",
    "\"CFGI_STE\":4",
    "\"CFGI_CD\":4",
    "\"PREFETCH_CONFIG\":2",
    "\"TLBI_NSNH_ALL\":1",
    "\"sid\":\"0x900\",\"configuration\":\"TRANSLATE\"",
    "\"ste\":[\"0x406e500b\",\"0xd6\"",
    "\"invalidations\":312",
    "\"unattributed\":0",
    "{\"mode\":\"events\",",
    "{\"mode\":\"commands\",",
  };
  int missing = 0;
  for (String fact : facts) {
    if (!json.contains(fact)) {
      System.err.println("not in the answer: " + fact);
      missing++;
    }
  }
  int divergent = json.split("\"divergences\":\\[\\{", -1).length - 1;
  if (divergent > 0) {
    System.err.println("replays that diverge: " + divergent);
  }
  if (missing + divergent > 0) {
    System.err.println(json);
    System.exit(1);
  }
  System.out.println(facts.length + " facts hold, no replay diverges");
}
