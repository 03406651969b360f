import { Argument, Command, Option } from "commander";

/** A command line with one of everything: the real one grows. */
export function tree(): Command {
  const program = new Command("pyspy").version("1").helpOption("-h, --help", "Print help").helpCommand("help [command]", "Print help for a command");
  program
    .command("record")
    .description("Record it; it's [quick]: 100%")
    .argument("[python_program...]", "Program")
    .addOption(new Option("-p, --pid <pid>", "Process"))
    .addOption(new Option("-o, --output <filename>", "File"))
    .addOption(new Option("-f, --format <format>", "Format"))
    .addOption(new Option("-F, --function", "Function's line"))
    .addOption(new Option("-r, --rate <rate>", "Rate"))
    .addOption(new Option("--color <when>", "Colour").choices(["always", "never"]))
    .addOption(new Option("--secret", "Secret").hideHelp());
  program.command("report").description("Report").option("-c, --core [file]", "Core file");
  program.command("dump").description("Dump").addOption(new Option("-p, --pid <pid>", "Process"));
  program.command("completions", { hidden: true });
  program.command("finish").description("Finish").addArgument(new Argument("<shell>").choices(["bash", "zsh"]));
  return program;
}
