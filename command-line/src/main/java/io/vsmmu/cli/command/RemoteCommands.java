package io.vsmmu.cli.command;

import io.vsmmu.cli.argument.Choice;
import io.vsmmu.host.kernel.HostPaths;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.posix.ProcessImage;
import io.vsmmu.smmu.spec.OnOffAuto;
import java.util.List;
import picocli.CommandLine;

/** Every command that asks a running service, in the order of the help. */
public final class RemoteCommands {

  private RemoteCommands() {}

  /** Adds them, and the ways to read their arguments. */
  public static void addTo(CommandLine root) {
    all().forEach(root::addSubcommand);
    root.registerConverter(OutputFormat.class, new Choice<>(OutputFormat.class));
    root.registerConverter(ReplayMode.class, new Choice<>(ReplayMode.class));
    root.registerConverter(OnOffAuto.class, new Choice<>(OnOffAuto.class));
    root.registerConverter(RecordingFormat.class, new Choice<>(RecordingFormat.class));
    root.registerConverter(LayoutFormat.class, new Choice<>(LayoutFormat.class));
    root.registerConverter(CmdqvOption.class, new Choice<>(CmdqvOption.class));
    root.registerConverter(DurabilityOption.class, new Choice<>(DurabilityOption.class));
  }

  private static List<Object> all() {
    return List.of(
        new VsmmusCommand(),
        new CreateCommand(),
        new DeleteCommand(),
        new PauseCommand(),
        new ResumeCommand(),
        new ResetCommand(),
        new DevicesCommand(),
        new HostCommand(),
        new VmsCommand(),
        new RunCommand(HostPaths.system(), KernelCalls.system(), ProcessImage::replace),
        new LayoutCommand(),
        new PlatformCommand(),
        new RomCommand(),
        new CheckHostCommand(),
        new ImportCommand(),
        new ExportCommand(),
        new ReplayCommand(),
        new EventsCommand(),
        new EventCommand(),
        new InvalidationsCommand(),
        new FailuresCommand(),
        new StateCommand(),
        new DiffCommand(),
        new StreamsCommand(),
        new ObjectsCommand(),
        new HwptsCommand(),
        new WhyCommand(),
        new EffectsCommand(),
        new VerifyCommand(),
        new LintCommand(),
        new AuditCommand());
  }
}
