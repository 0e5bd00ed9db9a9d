package io.vsmmu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.testing.StubService;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A refusal of the service names the arguments, not the members of the request. */
class RefusedNamesTest {

  @AutoClose private final StubService service = new StubService();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET /api/v1/vsmmus/g/state?at=99                   | at         | --at         | state g --at 99
          GET /api/v1/vsmmus/g/state                         | name       | NAME         | state g
          GET /api/v1/vsmmus/g/diff?from=1&to=9&with=h       | with       | --with       | diff g 1 9 --with h
          GET /api/v1/vsmmus/g/diff?from=1&to=9              | to         | TO           | diff g 1 9
          GET /api/v1/vsmmus/g/why?position=9&iova=0x1       | position   | POSITION     | why g 9 --iova 1
          GET /api/v1/vsmmus/g/step?from=9&to=next&unit=event | from      | POSITION     | step g 9
          GET /api/v1/vsmmus/g/step?from=9&entry=7&to=next&unit=command | entry | --entry | step g 9 --to command --entry 7
          POST /api/v1/vsmmus/g/find                         | at         | --next       | find g x --next 9
          POST /api/v1/vsmmus/g/find                         | at         | --previous   | find g x --previous 9
          GET /api/v1/vsmmus/a/compare?with=b&otherFrom=9    | otherFrom  | --other-from | compare a b --other-from 9
          GET /api/v1/vsmmus/a/compare?with=b                | with       | B            | compare a b
          POST /api/v1/vsmmus/g/what-ifs                     | leaveOut   | --leave-out  | what-if g --leave-out 5
          POST /api/v1/vsmmus/g/what-ifs                     | set.oas    | --set        | what-if g --set oas=44
          POST /api/v1/replays                               | devices    | --device     | replay g --host local --device a=b
          POST /api/v1/replays                               | vsmmu      | NAME         | replay g
          POST /api/v1/vsmmus                                | properties.oas | --oas    | create g --oas 48
          POST /api/v1/vsmmus/g/devices                      | hostDevice | DEVICE       | devices attach g d 0x1
          POST /api/v1/hosts/local:place                     | devices[1] | DEVICE       | layout d
          POST /api/v1/hosts/local:place                     | memoryMib  | --memory     | layout d --memory 5
          GET /api/v1/vms/v                                  | name       | VM           | vms show v
          GET /api/v1/vsmmus/g/events/9                      | position   | POSITION     | event g 9
          POST /api/v1/vsmmus/g/notes                        | bookmark   | --bookmark   | notes add g 9 --bookmark b
          """)
  void a_refused_value_names_its_argument(
      String request, String field, String argument, String line) {
    service.on(
        request.strip(),
        404,
        """
        {"type":"/problems/not-in-log","title":"Refused","status":404,
        "detail":"%1$s: 'given'; allowed: another one","field":"%1$s","value":"given",
        "allowed":"another one"}\
        """
            .formatted(field.strip()));

    Invocation run = Invocation.at(service, line.strip().split(" "));

    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.REFUSED.value());
    assertThat(run.err().lines())
        .contains("  %s: 'given'; allowed: another one".formatted(argument.strip()));
  }

  @Test
  void each_of_several_reasons_names_its_argument() {
    service.on(
        "POST /api/v1/vsmmus",
        400,
        """
        {"type":"/problems/invalid-field","title":"Refused","status":400,
        "detail":"properties.oas: '48'; allowed: less; properties.ssidsize is missing; allowed: 9",
        "reasons":[{"field":"properties.oas","value":"48","allowed":"less"},
        {"field":"properties.ssidsize","allowed":"9"}]}\
        """);

    Invocation run = Invocation.at(service, "create", "g", "--oas", "48");

    assertThat(run.err())
        .contains(
            "  --oas: '48'; allowed: less; --ssidsize is missing; allowed: 9",
            "field=--oas value=48 allowed=less")
        .doesNotContain("properties.");
  }

  @Test
  void a_job_that_failed_names_the_argument() {
    service.on(
        "POST /api/v1/vsmmus/g/what-ifs",
        202,
        "{\"id\":\"7\",\"state\":\"running\"}",
        "Location",
        "/api/v1/jobs/7");
    service.on(
        "GET /api/v1/jobs/7",
        200,
        """
        {"id":"7","state":"failed","problem":{"title":"Refused","detail":"leaveOut: '5'; allowed: no",
        "field":"leaveOut","value":"5","allowed":"no"}}\
        """);

    Invocation run = Invocation.at(service, "what-if", "g", "--leave-out", "5");

    assertThat(run.code()).isEqualTo(ExitCode.REFUSED.value());
    assertThat(run.err()).contains("The job failed: --leave-out: '5'; allowed: no");
  }
}
