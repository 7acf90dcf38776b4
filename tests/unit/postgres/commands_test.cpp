#include "lib/postgres/commands.hpp"

#include "lib/postgres/sql_text.hpp"

#include <catch2/catch.hpp>

namespace walferry::postgres {
namespace {

start_options options_for(int version, config::streaming_mode streaming) {
    start_options options;
    options.slot = "walferry_shop";
    options.publication = "walferry_shop";
    options.from = {0x16'0000'00ff};
    options.server_version = version;
    options.streaming = streaming;
    return options;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("without streaming protocol 1 is enough for every version") {
    for (const int version : {140000, 150004, 180004}) {
        CHECK(start_replication_command(options_for(version, config::streaming_mode::off)) ==
              "START_REPLICATION SLOT \"walferry_shop\" LOGICAL 16/FF (proto_version '1', "
              "publication_names '\"walferry_shop\"', messages 'true')");
    }
}

TEST_CASE("streaming asks for what the version knows, and never for origin") {
    using config::streaming_mode;
    const auto on = start_replication_command(options_for(140000, streaming_mode::on));
    CHECK(has(on, "proto_version '2', streaming 'on'"));
    const auto before = start_replication_command(options_for(150000, streaming_mode::parallel));
    CHECK(has(before, "proto_version '2', streaming 'on'"));
    const auto after = start_replication_command(options_for(160000, streaming_mode::parallel));
    CHECK(has(after, "proto_version '4', streaming 'parallel'"));
    CHECK_FALSE(has(on + before + after, "origin"));
}

TEST_CASE("a publication's name survives two layers of quoting") {
    auto options = options_for(150000, config::streaming_mode::off);
    options.publication = "O'Brien, \"Pub\"";
    options.binary = true;
    const auto command = start_replication_command(options);
    CHECK(has(command, R"(publication_names '"O''Brien, ""Pub"""')"));
    CHECK(has(command, "binary 'true')"));
}

TEST_CASE("slots are created in the form that 14 knows, with the snapshot always said") {
    CHECK(create_slot_command("s", slot_snapshot::nothing) ==
          "CREATE_REPLICATION_SLOT \"s\" LOGICAL pgoutput NOEXPORT_SNAPSHOT");
    CHECK(create_slot_command("s", slot_snapshot::nothing, slot_life::temporary) ==
          "CREATE_REPLICATION_SLOT \"s\" TEMPORARY LOGICAL pgoutput NOEXPORT_SNAPSHOT");
    CHECK(create_slot_command("s", slot_snapshot::nothing, slot_life::failover) ==
          "CREATE_REPLICATION_SLOT \"s\" LOGICAL pgoutput (SNAPSHOT 'nothing', FAILOVER)");
    CHECK(create_slot_command("s", slot_snapshot::exported) ==
          "CREATE_REPLICATION_SLOT \"s\" LOGICAL pgoutput EXPORT_SNAPSHOT");
}

TEST_CASE("publications name their tables one by one") {
    publication_definition all;
    all.name = "p";
    CHECK(create_publication_statement(all) == "CREATE PUBLICATION \"p\" FOR ALL TABLES");
    publication_definition some;
    some.name = "p";
    some.tables = {{"public", "a", false}, {"My S", "b\"c", true}};
    some.via_partition_root = true;
    CHECK(create_publication_statement(some) ==
          "CREATE PUBLICATION \"p\" FOR TABLE ONLY \"public\".\"a\", \"My S\".\"b\"\"c\""
          " WITH (publish_via_partition_root = true)");
    CHECK(add_tables_statement("p", {{"s", "t", false}}) ==
          "ALTER PUBLICATION \"p\" ADD TABLE ONLY \"s\".\"t\"");
}

TEST_CASE("texts are quoted by doubling") {
    CHECK(quote_literal("a'b\\c") == "'a''b\\c'");
    CHECK(quote_identifier("a\"b") == "\"a\"\"b\"");
    CHECK(oid_array({}) == "'{}'::oid[]");
    CHECK(oid_array({1, 4294967295}) == "'{1,4294967295}'::oid[]");
}

}  // namespace walferry::postgres
