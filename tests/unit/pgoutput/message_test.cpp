#include "tests/support/pgoutput_builder.hpp"
#include "tests/unit/pgoutput/decoding.hpp"

using namespace walferry::test;
namespace pgoutput = walferry::pgoutput;
using walferry::lsn;

TEST_CASE("begin, commit and origin") {
    decoding begun{begin({0x16B374D848}, -7, 0xfffffffe)};
    const auto& first = begun.as<pgoutput::begin>();
    CHECK(first.commit_lsn == lsn{0x16B374D848});
    CHECK(first.commit_time == -7);
    CHECK(first.xid == 0xfffffffe);
    CHECK(begun.result.xid == 0);

    decoding committed{commit({0x10}, {0x20}, 3)};
    const auto& last = committed.as<pgoutput::commit>();
    CHECK(last.commit_lsn == lsn{0x10});
    CHECK(last.end_lsn == lsn{0x20});
    CHECK(last.commit_time == 3);

    decoding from{origin({0x30}, "elsewhere")};
    CHECK(from.as<pgoutput::origin>().commit_lsn == lsn{0x30});
    CHECK(from.as<pgoutput::origin>().name == "elsewhere");
}

TEST_CASE("a relation tells its columns and its replica identity") {
    decoding got{relation(
        {16398, "my schema", "tä", {{"id", 23, true, -1}, {"n", 1700, false, 655366}}, 'i'})};
    const auto& table = got.as<pgoutput::relation>();
    CHECK(table.id == 16398);
    CHECK(table.schema == "my schema");
    CHECK(table.name == "tä");
    CHECK(table.identity == pgoutput::replica_identity::index);
    REQUIRE(table.columns.size() == 2);
    CHECK(table.columns[0].in_identity);
    CHECK(table.columns[0].name == "id");
    CHECK(table.columns[0].type == 23);
    CHECK(table.columns[0].type_modifier == -1);
    CHECK_FALSE(table.columns[1].in_identity);
    CHECK(table.columns[1].type_modifier == 655366);
}

TEST_CASE("every replica identity is known, and no other") {
    for (int c = 0; c < 256; ++c) {
        auto letter = static_cast<char>(c);
        decoding got{relation({1, "s", "t", {}, letter})};
        if (std::string_view{"dnfi"}.find(letter) != std::string_view::npos) {
            CHECK(static_cast<char>(got.as<pgoutput::relation>().identity) == letter);
        } else {
            CHECK(got.found == pgoutput::defect::bad_row);
        }
    }
}

TEST_CASE("an empty schema name is pg_catalog") {
    CHECK(decoding{relation({1, "", "t", {}, 'd'})}.as<pgoutput::relation>().schema ==
          "pg_catalog");
    decoding got{type(16396, "", "int4")};
    CHECK(got.as<pgoutput::type>().schema == "pg_catalog");
    CHECK(got.as<pgoutput::type>().name == "int4");
    CHECK(got.as<pgoutput::type>().id == 16396);
}

TEST_CASE("a truncate names all its tables and its options") {
    auto options = GENERATE(0, 1, 2, 3);
    decoding got{truncate({1, 0xffffffff, 3}, static_cast<std::uint8_t>(options))};
    const auto& all = got.as<pgoutput::truncate>();
    CHECK(std::vector<pgoutput::oid>(all.relations.begin(), all.relations.end()) ==
          std::vector<pgoutput::oid>{1, 0xffffffff, 3});
    CHECK(all.cascade == (options == 1 || options == 3));
    CHECK(all.restart_identity == (options == 2 || options == 3));
}

TEST_CASE("a logical message may hold any bytes") {
    std::string content{"\0\xff\0", 3};
    decoding got{logical_message(true, {0x40}, "prefix", content)};
    const auto& message = got.as<pgoutput::logical_message>();
    CHECK(message.transactional);
    CHECK(message.at == lsn{0x40});
    CHECK(message.prefix == "prefix");
    CHECK(message.content == content);
    CHECK_FALSE(decoding{logical_message(false, {1}, "", "")}
                    .as<pgoutput::logical_message>()
                    .transactional);
}

TEST_CASE("the ends of streamed transactions") {
    decoding committed{stream_commit(6, {0x10}, {0x20}, 3)};
    const auto& done = committed.as<pgoutput::stream_commit>();
    CHECK(done.xid == 6);
    CHECK(done.commit_lsn == lsn{0x10});
    CHECK(done.end_lsn == lsn{0x20});
    CHECK(done.commit_time == 3);

    decoding aborted{stream_abort(6, 7)};
    CHECK(aborted.as<pgoutput::stream_abort>().xid == 6);
    CHECK(aborted.as<pgoutput::stream_abort>().subtransaction == 7);

    decoding parallel{stream_abort_parallel(8, 9, {0x50}, 4)};
    CHECK(parallel.as<pgoutput::stream_abort>().xid == 8);
    CHECK(parallel.as<pgoutput::stream_abort>().subtransaction == 9);
}

TEST_CASE("two-phase messages are recognised, so that they can be refused") {
    struct example {
        char kind;
        std::string bytes;
    };
    std::vector<example> examples{{'b', begin_prepare({1}, {2}, 3, "gid")},
                                  {'P', prepare({1}, {2}, 3, "gid")},
                                  {'K', commit_prepared({1}, {2}, 3, "gid")},
                                  {'r', rollback_prepared({1}, {2}, 3, "gid")},
                                  {'p', stream_prepare({1}, {2}, 3, "gid")}};
    for (const auto& [kind, bytes] : examples) {
        CAPTURE(kind);
        decoding got{bytes};
        const auto& message = got.as<pgoutput::two_phase>();
        CHECK(message.kind == kind);
        CHECK(message.end_lsn == lsn{2});
        CHECK(message.xid == 3);
        CHECK(message.gid == "gid");
    }
}
