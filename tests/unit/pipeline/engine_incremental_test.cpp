#include "lib/snapshot/watermark.hpp"
#include "tests/unit/pipeline/stage.hpp"

using namespace walferry;
using namespace walferry::test;

namespace {

constexpr const char* request = R"({"tables": ["public.orders"]})";

// A stage that streams, has heard of a snapshot of orders and is asked to read its first chunk.
struct asked_stage : stage {
    explicit asked_stage(options chosen = options{}) : stage(chosen) {
        engine->mark_with("token");
        stream();
        feed(logical_message(false, {600}, "walferry.snapshot", request));
        wanted = last<pipeline::read_chunk>();
        REQUIRE(wanted);
    }

    void open() {
        snapshot::opened_table table;
        table.number = wanted->what.number;
        table.id = 77;
        table.name = "public.orders";
        table.key = {"id"};
        table.until = snapshot::key_values{"9"};
        REQUIRE(engine->chunk_opened(table, now));
        mark("open", {700});
    }

    void mark(const std::string& which, lsn end) {
        const auto text = snapshot::mark_text("token", wanted->what.number, which);
        feed(logical_message(false, end, "walferry.mark", text));
    }

    // Rows with these ids, under a snapshot.
    void deliver(const std::vector<std::string>& ids, const std::string& seen, bool ends = true) {
        snapshot::chunk read;
        read.number = wanted->what.number;
        read.shape.id = 77;
        read.shape.schema = "public";
        read.shape.name = "orders";
        read.shape.columns = {{"id", 23, -1, true}, {"body", 25, -1, false}};
        read.seen = *snapshot::visibility::parse(seen);
        for (const auto& id : ids) {
            std::string key;
            snapshot::append_key_part(key, id);
            read.rows.add(id + "\told", key);
            read.last = snapshot::key_values{id};
        }
        read.ends = ends;
        engine->chunk_read(std::move(read), now);
    }

    // An update of one row, in a transaction of its own.
    void update_row(transaction_id xid, const std::string& id, lsn commit_at) {
        feed(begin(commit_at, 0, xid));
        announce(orders_table());
        feed(update(77, texts({id, "new"})));
        feed(test::commit(commit_at, {commit_at.value + 8}));
    }

    // What went out, as `id:body`.
    std::vector<std::string> rows() const {
        std::vector<std::string> all;
        for (const auto& record : sink->records) {
            const auto& value = record.value;
            const auto after = value.find(R"("after":{"id":)");
            const auto body = value.find(R"("body":")", after);
            all.push_back(value.substr(after + 14, 1) + ':' + value.substr(body + 8, 3));
        }
        return all;
    }

    void emit() {
        while (engine->can_emit()) {
            engine->emit_rows(now);
        }
    }

    std::optional<pipeline::read_chunk> wanted;
};

using texts_of = std::vector<std::string>;

}  // namespace

TEST_CASE("rows of a chunk go out behind its high mark, before anything else") {
    asked_stage play;
    play.open();
    play.deliver({"1", "2"}, "5:5:");
    CHECK(play.engine->wants_input());
    play.mark("high", {800});
    CHECK_FALSE(play.engine->wants_input());
    play.emit();
    CHECK(play.engine->wants_input());
    CHECK(play.rows() == texts_of{"1:old", "2:old"});
    CHECK(play.sink->records[1].value.find(R"("snapshot":"incremental")") != std::string::npos);
    CHECK(play.sink->records[1].value.find(R"("commit_lsn":799,"tx_seq":2)") != std::string::npos);
    play.update_row(6, "1", {900});
    CHECK(play.rows().back() == "1:new");
}

TEST_CASE("a row whose change came by the stream and is not in the snapshot is left out") {
    asked_stage play;
    play.open();
    play.update_row(5, "1", {710});  // waits for a standby: in the WAL, not visible
    play.update_row(4, "2", {730});  // in the snapshot
    play.deliver({"1", "2", "3"}, "5:9:5");
    play.update_row(9, "3", {750});  // behind the snapshot
    play.mark("high", {800});
    play.emit();
    CHECK(play.rows() == texts_of{"1:new", "2:new", "3:new", "2:old"});
}

TEST_CASE("a truncated table is read again") {
    asked_stage play;
    play.open();
    play.deliver({"1"}, "5:5:");
    play.feed(begin({710}, 0, 6));
    play.announce(orders_table());
    play.feed(truncate({77}));
    play.feed(commit({710}, {718}));
    play.mark("high", {800});
    CHECK_FALSE(play.engine->can_emit());
    CHECK(play.engine->wants_input());
    play.wait(1s);
    auto again = play.last<pipeline::read_chunk>();
    REQUIRE(again);
    CHECK(again->what.number > play.wanted->what.number);
    CHECK_FALSE(again->what.opens);
    CHECK_FALSE(again->what.after);
}

TEST_CASE("a definition that came by the stream and is newer than the chunk's is not overwritten") {
    asked_stage play;
    play.open();
    play.deliver({"1"}, "5:5:");
    auto wider = orders_table();
    wider.columns.push_back({"more"});
    play.feed(begin({710}, 0, 6));
    play.feed(relation(wider));
    play.feed(insert(77, texts({"4", "new", "x"})));
    play.feed(commit({710}, {718}));
    play.mark("high", {800});
    CHECK_FALSE(play.engine->can_emit());
    play.wait(1s);
    CHECK(play.last<pipeline::read_chunk>());
}

TEST_CASE("progress is stored when the broker confirmed it, and a request at once") {
    stage::options chosen;
    chosen.keeps_state = true;
    asked_stage play{chosen};
    play.open();
    play.deliver({"1", "2"}, "5:5:", false);
    play.mark("high", {800});
    play.emit();
    play.engine->incremental_stored(play.now);
    while (auto stored = play.last<pipeline::write_incremental_memory>()) {
        CHECK_FALSE(stored->what.tables.front().after);
        CHECK(stored->what.heard.commit == lsn{600});
        play.engine->incremental_stored(play.now);
    }
    play.confirm(2);
    auto stored = play.last<pipeline::write_incremental_memory>();
    REQUIRE(stored);
    CHECK(stored->what.tables.front().after == snapshot::key_values{"2"});
    CHECK(stored->what.tables.front().rows == 2);
}

TEST_CASE(
    "a lost connection reads on behind what is out, a lost producer behind what is confirmed") {
    for (bool sink_lost : {false, true}) {
        asked_stage play;
        play.open();
        play.deliver({"1", "2"}, "5:5:", false);
        play.mark("high", {800});
        play.emit();
        if (sink_lost) {
            play.fail_sink();
        } else {
            play.lose_connection();
        }
        play.asked();
        play.stream();
        play.wait(1s);
        auto again = play.last<pipeline::read_chunk>();
        REQUIRE(again);
        CHECK(again->what.opens);
        CHECK(again->what.after ==
              (sink_lost ? std::nullopt : std::optional{snapshot::key_values{"2"}}));
    }
}

TEST_CASE("a row that the broker refuses is left out when its chunk is read again") {
    stage::options chosen;
    chosen.on_poison = config::poison_policy::skip;
    asked_stage play{chosen};
    play.open();
    play.deliver({"1", "2", "3"}, "5:5:");
    play.mark("high", {800});
    play.emit();
    const auto record = play.sink->records.at(1);
    publish::refused_record refused;
    refused.ticket = record.ticket;
    refused.sequence = record.sequence;
    refused.topic = "shop.public.orders";
    refused.key = record.key;
    play.engine->record_refused(refused, {error_kind::poison_record, "too large", {}, {}},
                                play.now);
    play.asked();
    play.sink->records.clear();
    play.stream();
    play.wait(1s);
    play.wanted = play.last<pipeline::read_chunk>();
    REQUIRE(play.wanted);
    play.open();
    play.deliver({"1", "2", "3"}, "5:5:");
    play.mark("high", {900});
    play.emit();
    CHECK(play.rows() == texts_of{"1:old", "3:old"});
    CHECK(play.engine->counted().poison_skipped == 1);
}

TEST_CASE("a request that was heard is not heard again") {
    asked_stage play;
    play.feed(logical_message(false, {600}, "walferry.snapshot", request));
    CHECK(play.engine->incremental().memory().tables.size() == 1);
    play.feed(logical_message(false, {660}, "walferry.snapshot", R"({"command": "stop"})"));
    CHECK(play.last<pipeline::abandon_chunk>());
    CHECK(play.engine->incremental().idle());
    CHECK(play.engine->incremental().memory().ended.front().outcome ==
          snapshot::table_outcome::stopped);
}

TEST_CASE("bad requests and those for others change nothing") {
    stage play;
    play.stream();
    for (const auto* text : {"no", R"({"tables": ["a.b"], "slot": "other"})",
                             R"({"tables": ["a.b"], "where": "true"})"}) {
        play.feed(logical_message(false, {600}, "walferry.snapshot", text));
    }
    CHECK(play.engine->incremental().idle());
    CHECK(play.sink->records.empty());
    CHECK(play.engine->wants_input());
}
