#include "tests/unit/pgoutput/samples.hpp"

#include "tests/support/pgoutput_builder.hpp"

namespace walferry::test {

std::vector<sample> samples() {
    const cells row{text("1"), null(), unchanged(), binary({"\0\xff", 2}), text("")};
    const table_spec table{77,
                           "public",
                           "t",
                           {{"id", 23, true}, {"v"}, {"w", 1700, false, 655366}, {"x"}, {"y"}},
                           'd'};
    return {
        {"begin", begin({0x100}, 5, 6)},
        {"commit", commit({0x100}, {0x130}, 5)},
        {"origin", origin({0x1234}, "elsewhere")},
        {"origin without name", origin({}, "")},
        {"relation", relation(table), true},
        {"relation without columns", relation({78, "public", "empty", {}, 'n'}), true},
        {"relation of pg_catalog", relation({79, "", "pg_class", {{"oid", 26}}, 'i'}), true},
        {"type", type(0x4007, "public", "mood"), true},
        {"insert", insert(77, row), true},
        {"insert of no columns", insert(78, {}), true},
        {"update without old row", update(77, row), true},
        {"update with key", update(77, row, old_cells{'K', row}), true},
        {"update with old row", update(77, row, old_cells{'O', row}), true},
        {"delete by key", delete_row(77, {'K', row}), true},
        {"delete with old row", delete_row(77, {'O', row}), true},
        {"truncate of two", truncate({77, 78}, 3), true},
        {"truncate of none", truncate({}), true},
        {"message", logical_message(true, {9}, "prefix", {"a\0b", 3}), true},
        {"message alone", logical_message(false, {9}, "", ""), true},
        {"stream start", stream_start(6, true)},
        {"stream commit", stream_commit(6, {0x100}, {0x130}, 5)},
        {"stream abort", stream_abort(6, 7)},
        {"begin prepare", begin_prepare({1}, {2}, 3, "gid")},
        {"prepare", prepare({1}, {2}, 3, "gid")},
        {"commit prepared", commit_prepared({1}, {2}, 3, "gid")},
        {"rollback prepared", rollback_prepared({1}, {2}, 3, "gid")},
        {"stream prepare", stream_prepare({1}, {2}, 3, "")},
    };
}

}  // namespace walferry::test
