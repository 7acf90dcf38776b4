#include "cmd/walferry/check_command.hpp"
#include "cmd/walferry/config_command.hpp"
#include "cmd/walferry/invocation.hpp"
#include "cmd/walferry/offsets_command.hpp"
#include "cmd/walferry/record_command.hpp"
#include "cmd/walferry/run_command.hpp"
#include "cmd/walferry/slot_command.hpp"
#include "cmd/walferry/snapshot_command.hpp"
#include "cmd/walferry/tail_command.hpp"
#include "cmd/walferry/verify_command.hpp"
#include "cmd/walferry/version.hpp"

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <exception>
#include <functional>
#include <iostream>
#include <string>

namespace walferry {
namespace {

constexpr int usage_exit_code = 2;

// What the command line asked for; the command's function is called after parsing.
struct command_line {
    invocation how;
    std::string format = "yaml";
    std::string file;
    record_options record_what;
    replay_options replay_what;
    slot_options slot_what;
    snapshot_options snapshot_what;
    check_options check_what;
    std::vector<std::string> tables;
    std::string lsn;
    std::function<int()> chosen;
};

void add_common_options(CLI::App& command, command_line& line) {
    command.add_option("-c,--config", line.how.config_file,
                       "configuration file (default: $WALFERRY_CONFIG, ./walferry.yaml, "
                       "/etc/walferry/walferry.yaml)");
    command
        .add_option("--set", line.how.overrides,
                    "override one key, e.g. --set source.slot=cdc; may be repeated")
        ->allow_extra_args(false);
}

CLI::App* add_command(CLI::App& parent, command_line& line, const std::string& name,
                      const std::string& what, std::function<int()> job) {
    auto* command = parent.add_subcommand(name, what);
    command->callback([&line, job = std::move(job)] { line.chosen = job; });
    return command;
}

void add_config_commands(CLI::App& app, command_line& line) {
    auto* group = app.add_subcommand("config", "look after the configuration");
    group->require_subcommand(1);
    auto* check = add_command(*group, line, "check", "validate, without any network",
                              [&line] { return config_check(line.how); });
    auto* show = add_command(*group, line, "show", "print the effective configuration",
                             [&line] { return config_show(line.how); });
    show->add_flag("--json", line.how.json, "as JSON");
    add_common_options(*check, line);
    add_common_options(*show, line);
    add_command(*group, line, "reference", "print every key with its meaning", [&line] {
        return config_reference(line.format);
    })->add_option("--format", line.format, "yaml, json-schema or markdown");
    add_command(*group, line, "from-debezium", "convert a Debezium connector configuration",
                [&line] { return config_from_debezium(line.file); })
        ->add_option("FILE", line.file, "JSON or properties")
        ->required();
}

void add_slot_commands(CLI::App& app, command_line& line) {
    auto* group = app.add_subcommand("slot", "look after the replication slot");
    group->require_subcommand(1);
    auto& what = line.slot_what;
    auto add = [&](const std::string& name, const std::string& text, std::function<int()> job) {
        auto* command = add_command(*group, line, name, text, std::move(job));
        command->add_flag("--json", line.how.json, "as JSON");
        add_common_options(*command, line);
        return command;
    };
    constexpr const char* slot_name = "the slot (default: source.slot)";
    constexpr const char* without_asking = "do not ask";
    add("list", "all slots of the server, and the WAL that they hold",
        [&line] { return slot_list(line.how); });
    add("create", "make the slot; the publication must be there before it", [&line] {
        return slot_create(line.how, line.slot_what);
    })->add_option("SLOT", what.name, slot_name);
    auto* drop = add("drop", "remove the slot, and with it what it has not sent",
                     [&line] { return slot_drop(line.how, line.slot_what); });
    drop->add_option("SLOT", what.name, slot_name);
    drop->add_flag("--yes", what.yes, without_asking);
    auto* advance = add("advance", "give up the changes up to an LSN",
                        [&line] { return slot_advance(line.how, line.slot_what); });
    advance->add_option("LSN", what.lsn, "where the slot goes on, like 0/16B3748")->required();
    advance->add_option("SLOT", what.name, slot_name);
    advance->add_flag("--yes", what.yes, without_asking);
}

void add_capture_commands(CLI::App& app, command_line& line) {
    auto& what = line.record_what;
    auto* record_it = add_command(app, line, "record", "keep the raw stream of a slot in a file",
                                  [&line] { return record_to_file(line.how, line.record_what); });
    record_it->add_option("FILE", what.file, "the capture to make; must not exist")->required();
    record_it->add_flag("--temporary", what.temporary,
                        "from a temporary slot, from now on, beside a running walferry");
    record_it->add_flag("--mask", what.mask, "replace letters and digits of all values");
    record_it->add_option("--until", what.until, "end behind the transaction at this LSN");
    record_it->add_flag("--until-now", what.until_now, "end where the WAL ends at the start");
    record_it->add_flag("--json", line.how.json, "the summary as JSON");
    add_common_options(*record_it, line);
    auto* replay_it = add_command(app, line, "replay", "run the pipeline over a capture",
                                  [&line] { return replay_file(line.how, line.replay_what); });
    replay_it->add_option("FILE", line.replay_what.file, "a capture")->required();
    replay_it->add_flag("--recorded-pace", line.replay_what.recorded_pace,
                        "at the pace of the recording instead of full speed");
    replay_it->add_flag("--discard", line.replay_what.discard,
                        "encode and publish nowhere: the cost of everything before the sink");
    replay_it->add_flag("--json", line.how.json, "the summary as JSON, on stderr");
    add_common_options(*replay_it, line);
}

void add_snapshot_command(CLI::App& app, command_line& line) {
    auto& what = line.snapshot_what;
    auto* ask = add_command(app, line, "snapshot",
                            "ask a running walferry to read tables' present rows while it streams",
                            [&line] { return ask_for_snapshots(line.how, line.snapshot_what); });
    ask->add_option("TABLE", what.tables, "schema.table, or patterns of tables");
    ask->add_option("--where", what.where, "only rows for which this SQL condition is true");
    ask->add_flag("--status", what.status, "how far the snapshots are");
    ask->add_flag("--follow", what.follow, "the same again and again until all are done");
    ask->add_flag("--pause", what.pause, "wait behind the present chunk");
    ask->add_flag("--resume", what.resume, "go on");
    ask->add_flag("--stop", what.stop, "give up the snapshots of these tables, or all");
    ask->add_flag("--json", line.how.json, "as JSON");
    add_common_options(*ask, line);
}

void add_proof_commands(CLI::App& app, command_line& line) {
    auto* verify_it =
        add_command(app, line, "verify", "compare what the topics hold with the database",
                    [&line] { return verify(line.how, line.tables); });
    verify_it->add_option("TABLE", line.tables,
                          "patterns of tables; default: all that are published");
    verify_it->add_flag("--json", line.how.json, "as JSON");
    add_common_options(*verify_it, line);
    auto* offsets_it =
        add_command(app, line, "offsets", "where a reader must start so as to miss nothing",
                    [&line] { return offsets(line.how, line.lsn); });
    offsets_it->add_option("--lsn", line.lsn, "what the reader has, like 0/16B3748")->required();
    offsets_it->add_flag("--json", line.how.json, "as JSON");
    add_common_options(*offsets_it, line);
}

void add_commands(CLI::App& app, command_line& line) {
    auto* run_it = add_command(app, line, "run", "stream until told to stop",
                               [&line] { return run(line.how); });
    run_it->add_flag("--accept-gap", line.how.accept_gap,
                     "go on although changes are missing, once and on purpose");
    add_common_options(*run_it, line);
    auto* check_it =
        add_command(app, line, "check", "look before running: each finding with what mends it",
                    [&line] { return check(line.how, line.check_what); });
    check_it->add_flag("--json", line.how.json, "as JSON");
    auto* fix = check_it->add_flag("--fix", line.check_what.fix,
                                   "execute the cures that only add, after showing them");
    check_it->add_flag("--yes", line.check_what.yes, "do not ask")->needs(fix);
    add_common_options(*check_it, line);
    add_capture_commands(app, line);
    add_slot_commands(app, line);
    add_snapshot_command(app, line);
    auto* tail_it = add_command(app, line, "tail", "print live changes, leaving nothing behind",
                                [&line] { return tail(line.how, line.tables); });
    tail_it->add_option("TABLE", line.tables,
                        "patterns of tables; default: all that are published");
    tail_it->add_flag("--json", line.how.json, "an object a change instead of lines for people");
    add_common_options(*tail_it, line);
    add_proof_commands(app, line);
    add_config_commands(app, line);
}

// A socket must not get the number of one that is closed: events or logs would be written to it. In
// its place stands what refuses to be read or written.
void reserve_standard_descriptors() {
    for (int one = STDIN_FILENO; one <= STDERR_FILENO; ++one) {
        if (::fcntl(one, F_GETFD) == -1) {
            ::open("/dev/null", one == STDIN_FILENO ? O_WRONLY : O_RDONLY);
        }
    }
}

int dispatch(int argc, char** argv) {
    CLI::App app{
        "walferry publishes what PostgreSQL commits to Kafka\n\n"
        "  walferry check -c walferry.yaml\n"
        "  walferry run -c walferry.yaml\n"
        "  walferry run --set source.url=postgresql://localhost/shop"};
    app.set_version_flag("--version", version_line());
    app.require_subcommand(1);
    app.footer(
        "Exit codes: 0 done, 1 the work failed, 2 wrong usage or configuration, 3 stopped to "
        "protect data,\n4 gave up retrying, 130 a second interrupt cut the shutdown short.");
    command_line line;
    add_commands(app, line);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& what) {
        bool asked_for = what.get_exit_code() == 0;
        app.exit(what);
        return asked_for ? 0 : usage_exit_code;
    }
    return line.chosen();
}

}  // namespace
}  // namespace walferry

int main(int argc, char** argv) {
    walferry::reserve_standard_descriptors();
    try {
        const int code = walferry::dispatch(argc, argv);
        if (!std::cout.flush()) {
            std::cerr << "walferry: not everything could be written to stdout\n";
            return code == 0 ? 1 : code;
        }
        return code;
    } catch (const std::exception& failure) {
        std::cerr << "walferry: " << failure.what() << '\n';
        return 1;
    }
}
