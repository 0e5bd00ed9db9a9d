package io.vsmmu.cli.command;

import io.vsmmu.host.kernel.HostPaths;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.posix.ProcessImage;
import io.vsmmu.smmu.spec.OnOffAuto;
import java.util.List;
import picocli.CommandLine;

/** Registers the commands that ask a running service, in the order of the help. */
public final class RemoteCommands {

  private RemoteCommands() {}

  /** Adds the commands, and converters for their arguments to all commands of {@code root}. */
  public static void addTo(CommandLine root) {
    all().forEach(root::addSubcommand);
    root.registerConverter(OutputFormat.class, new Choice<>(OutputFormat.class));
    root.registerConverter(ServeCommand.HostKind.class, new Choice<>(ServeCommand.HostKind.class));
    root.registerConverter(
        ReplayCommand.ReplayMode.class, new Choice<>(ReplayCommand.ReplayMode.class));
    root.registerConverter(OnOffAuto.class, new Choice<>(OnOffAuto.class));
    root.registerConverter(RecordingFormat.class, new Choice<>(RecordingFormat.class));
    root.registerConverter(
        LayoutCommand.LayoutFormat.class, new Choice<>(LayoutCommand.LayoutFormat.class));
    root.registerConverter(
        CreateCommand.CmdqvOption.class, new Choice<>(CreateCommand.CmdqvOption.class));
    root.registerConverter(
        CreateCommand.DurabilityOption.class, new Choice<>(CreateCommand.DurabilityOption.class));
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
