#include "lib/audit/judge.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace walferry::audit {
namespace {

postgres::server_facts good_server() {
    postgres::server_facts server;
    server.version = 150020;
    server.version_text = "15.20";
    server.database = "shop";
    server.wal_level = "logical";
    server.slots_max = 10;
    return server;
}

config::source_settings source_named(std::string slot) {
    config::source_settings source;
    source.slot = std::move(slot);
    return source;
}

std::size_t count(const findings& all, severity how_bad) {
    std::size_t found = 0;
    for (const auto& one : all) {
        found += one.how_bad == how_bad ? 1 : 0;
    }
    return found;
}

}  // namespace

TEST_CASE("synchronous_standby_names matches by name, without case, and by star") {
    CHECK(is_synchronous_standby("*", "walferry_shop"));
    CHECK(is_synchronous_standby("FIRST 2 (a, Walferry_Shop)", "walferry_shop"));
    CHECK(is_synchronous_standby("ANY 1 (\"walferry_shop\",b)", "walferry_shop"));
    CHECK(is_synchronous_standby("a, walferry_shop", "walferry_shop"));
    CHECK_FALSE(is_synchronous_standby("", "walferry_shop"));
    CHECK_FALSE(is_synchronous_standby("ANY 1 (walferry, shop)", "walferry_shop"));
}

TEST_CASE("a good server is ok and a missing slot will be created") {
    findings all;
    judge_server(good_server(), source_named("s"), {}, all);
    judge_slot({}, good_server(), source_named("s"), true, all);
    CHECK(count(all, severity::error) == 0);
    CHECK(exit_code(all) == 0);
}

TEST_CASE("what run would stop with decides the exit code") {
    findings all;
    auto server = good_server();
    server.wal_level = "replica";
    judge_server(server, source_named("s"), {true, {}}, all);
    CHECK(exit_code(all) == 2);

    findings lost;
    postgres::slot_facts slot;
    slot.exists = true;
    slot.name = "s";
    slot.type = "logical";
    slot.plugin = "pgoutput";
    slot.database = "shop";
    slot.wal_status = "lost";
    judge_slot(slot, good_server(), source_named("s"), true, lost);
    CHECK(exit_code(lost) == 3);
}

TEST_CASE("limits that lose a slot are warned about") {
    auto server = good_server();
    server.slot_wal_keep_mib_max = 512;
    server.idle_slot_timeout_s = 3600;
    server.synchronous_standby_names = "*";
    findings all;
    judge_server(server, source_named("s"), {true, {}}, all);
    CHECK(count(all, severity::warning) == 3);
    server.slots_used = server.slots_max;
    judge_server(server, source_named("s"), {}, all);
    CHECK(count(all, severity::error) == 1);
}

TEST_CASE("a publication that the role may not create is told with the statements that mend it") {
    const postgres::publication_facts missing;
    const std::vector<postgres::candidate_table> tables;
    publication_view view{missing, tables, {}, "s", false, true, {"cdc", "shop"}};
    view.wish.name = "p";
    const postgres::publication_definition definition{"p", {{"public", "t"}, {"public", "u"}}};
    findings all;
    CHECK(judge_rights(view, definition, all));
    view.rights.foreign_tables = {{"public", "elsewhere", "root", true}};
    CHECK(judge_rights(view, definition, all));
    CHECK(all.empty());

    view.rights.creates_in_database = false;
    view.rights.foreign_tables = {{"public", "t", "app", false}, {"public", "u", "lib", false}};
    CHECK_FALSE(judge_rights(view, definition, all));
    REQUIRE(all.size() == 2);
    CHECK(all[0].cure == R"(GRANT CREATE ON DATABASE "shop" TO "cdc")");
    CHECK(all[1].cure.starts_with(R"(GRANT "app", "lib" TO "cdc"; or as a superuser: CREATE )"));
    CHECK(exit_code(all) == 2);

    view.rights.foreign_tables[1].superuser_owns = true;
    all.clear();
    CHECK_FALSE(judge_rights(view, definition, all));
    CHECK(all[1].cure.starts_with(R"(as a superuser: CREATE PUBLICATION "p" FOR TABLE)"));
}

TEST_CASE("a report is for people or one JSON object, whatever bytes names have") {
    const findings all = {found_ok("server", "fine"),
                          found_error("slot", {error_kind::slot_lost, "gone \xff", "DROP", {}})};
    const std::string text = as_text(all, colours::off);
    CHECK(text.find("error    slot: gone") != std::string::npos);
    CHECK(text.find("         -> DROP") != std::string::npos);
    CHECK(text.find("\x1b") == std::string::npos);
    CHECK(as_text(all, colours::on).find("\x1b[31merror") != std::string::npos);
    const auto json = nlohmann::json::parse(as_json(all));
    CHECK(json["ok"] == false);
    CHECK(json["findings"][1]["kind"] == "slot_lost");
}

}  // namespace walferry::audit
