package io.vsmmu.rest.debugger;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.debugger.expression.NameTree;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The names that a condition can have: {@code /find-names}. */
@RestController
@Tag(name = "Debugger")
class FindNamesController {

  /** The names of the language. */
  @Schema(name = "FindNames", description = "Every name of the language of conditions")
  record FindNames(
      @Schema(description = "Names of the state, which stand alone") List<FindName> state,
      @Schema(description = "Names below `event`") List<FindName> event) {}

  /** A name. */
  @Schema(name = "FindName", description = "A name of the language of conditions")
  record FindName(
      String name,
      @Schema(
              description =
                  "`number`, `text` and so on; `group` for names below this one; `items` for items"
                      + " with a key",
              example = "list of numbers")
          String type,
      String meaning,
      @Nullable
          @Schema(description = "Of items: what stands in brackets to get one; absent otherwise")
          @JsonInclude(JsonInclude.Include.NON_NULL)
          String key,
      @Schema(description = "Every text that the value can have; absent if there are others")
          @JsonInclude(JsonInclude.Include.NON_EMPTY)
          List<String> values,
      @Schema(
              description =
                  "Names of the group or of an item, fields of the number; absent without one")
          @JsonInclude(JsonInclude.Include.NON_EMPTY)
          List<FindName> members) {

    static FindName of(NameTree.Name it) {
      return new FindName(
          it.name(), it.type(), it.meaning(), it.key(), it.values(), all(it.members()));
    }

    static List<FindName> all(List<NameTree.Name> names) {
      return names.stream().map(FindName::of).toList();
    }
  }

  private final FindNames all =
      new FindNames(FindName.all(NameTree.state()), FindName.all(NameTree.event()));

  @GetMapping(path = "/api/v1/find-names", produces = "application/json")
  @Operation(
      operationId = "listFindNames",
      summary = "The names that the condition of a search can have",
      description = "They are the same for every vSMMU; docs/find.md describes the language.")
  FindNames names() {
    return all;
  }
}
