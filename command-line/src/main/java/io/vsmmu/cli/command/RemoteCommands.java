package io.vsmmu.cli.command;

import io.vsmmu.host.kernel.HostPaths;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.posix.ProcessImage;
import io.vsmmu.smmu.spec.OnOffAuto;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/** Registers the commands that ask a running service, in the order of the help. */
public final class RemoteCommands {

  private RemoteCommands() {}

  /** The commands by their names, in the order of the help. None is made before it is asked for. */
  public static Map<String, Supplier<Object>> all() {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("vsmmus", VsmmusCommand::new);
    commands.put("create", CreateCommand::new);
    commands.put("delete", DeleteCommand::new);
    commands.put("pause", PauseCommand::new);
    commands.put("resume", ResumeCommand::new);
    commands.put("reset", ResetCommand::new);
    commands.put("devices", DevicesCommand::new);
    commands.put("host", HostCommand::new);
    commands.put("vms", VmsCommand::new);
    commands.put(
        "run",
        () -> new RunCommand(HostPaths.system(), KernelCalls.system(), ProcessImage::replace));
    commands.put("layout", LayoutCommand::new);
    commands.put("platform", PlatformCommand::new);
    commands.put("rom", RomCommand::new);
    commands.put("check-host", CheckHostCommand::new);
    commands.put("import", ImportCommand::new);
    commands.put("export", ExportCommand::new);
    commands.put("replay", ReplayCommand::new);
    commands.put("notes", NotesCommand::new);
    commands.put("events", EventsCommand::new);
    commands.put("event", EventCommand::new);
    commands.put("invalidations", InvalidationsCommand::new);
    commands.put("failures", FailuresCommand::new);
    commands.put("state", StateCommand::new);
    commands.put("diff", DiffCommand::new);
    commands.put("find", FindCommand::new);
    commands.put("compare", CompareCommand::new);
    commands.put("what-if", WhatIfCommand::new);
    commands.put("streams", StreamsCommand::new);
    commands.put("objects", ObjectsCommand::new);
    commands.put("hwpts", HwptsCommand::new);
    commands.put("why", WhyCommand::new);
    commands.put("effects", EffectsCommand::new);
    commands.put("step", StepCommand::new);
    commands.put("timeline", TimelineCommand::new);
    commands.put("verify", VerifyCommand::new);
    commands.put("witness", WitnessCommand::new);
    commands.put("lint", LintCommand::new);
    commands.put("audit", AuditCommand::new);
    commands.put("token", TokenCommand::new);
    commands.put("console", ConsoleCommand::new);
    return commands;
  }

  /** Adds converters for the arguments of these commands to all commands of {@code root}. */
  public static void convert(CommandLine root) {
    root.registerConverter(OutputFormat.class, new Choice<>(OutputFormat.class));
    root.registerConverter(ServeCommand.HostKind.class, new Choice<>(ServeCommand.HostKind.class));
    root.registerConverter(
        ReplayCommand.ReplayMode.class, new Choice<>(ReplayCommand.ReplayMode.class));
    root.registerConverter(
        ReplayCommand.ReplayHost.class, new Choice<>(ReplayCommand.ReplayHost.class));
    root.registerConverter(StepCommand.StepUnit.class, new Choice<>(StepCommand.StepUnit.class));
    root.registerConverter(
        TimelineCommand.TimelineAxis.class, new Choice<>(TimelineCommand.TimelineAxis.class));
    root.registerConverter(
        PlatformCommand.MsiController.class, new Choice<>(PlatformCommand.MsiController.class));
    root.registerConverter(
        AuditCommand.ChangingMethod.class, new Choice<>(AuditCommand.ChangingMethod.class));
    root.registerConverter(
        TokenCommand.TokenRole.class, new Choice<>(TokenCommand.TokenRole.class));
    root.registerConverter(OnOffAuto.class, new Choice<>(OnOffAuto.class));
    root.registerConverter(LintCommand.Level.class, new Choice<>(LintCommand.Level.class));
    root.registerConverter(RecordingFormat.class, new Choice<>(RecordingFormat.class));
    root.registerConverter(
        LayoutCommand.LayoutFormat.class, new Choice<>(LayoutCommand.LayoutFormat.class));
    root.registerConverter(
        CreateCommand.CmdqvOption.class, new Choice<>(CreateCommand.CmdqvOption.class));
    root.registerConverter(
        CreateCommand.DurabilityOption.class, new Choice<>(CreateCommand.DurabilityOption.class));
  }
}
