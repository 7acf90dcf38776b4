// Each step of a life fails in turn, with every kind of error: then the engine tries again and gets
// everything across, or ends with that error, as the table of error kinds says.

#include "tests/unit/pipeline/stage.hpp"

#include <functional>

using namespace walferry;
using namespace walferry::test;

namespace {

// How far a life came when the failure strikes; each goes on where the one before it was.
struct step {
    const char* name;
    std::function<void(stage&)> reach;
};

stage fresh() {
    stage::options chosen;
    chosen.keeps_state = true;
    return stage{chosen};
}

const std::vector<step>& steps() {
    static const std::vector<step> all{
        {"connecting", [](stage& play) { play.engine->start(play.now); }},
        {"starting to stream",
         [](stage& play) {
             play.engine->start(play.now);
             play.engine->sink_ready(*play.sink, play.now);
             play.engine->prepared(play.server, play.slot, {}, play.now);
         }},
        {"writing the first position",
         [](stage& play) {
             play.engine->start(play.now);
             play.engine->sink_ready(*play.sink, play.now);
             play.engine->prepared(play.server, play.slot, {}, play.now);
             play.engine->streaming(play.now);
         }},
        {"streaming", [](stage& play) { play.stream(); }},
        {"asking for a table",
         [](stage& play) {
             play.stream();
             play.feed(begin({600}));
             play.engine->received(wal_frame({}, relation(orders_table())), play.now);
         }},
        {"in a transaction",
         [](stage& play) {
             play.stream();
             play.feed(begin({600}));
             play.announce(orders_table());
             play.feed(insert(orders_table().id, texts({"0", "body"})));
         }},
        {"with records out",
         [](stage& play) {
             play.stream();
             play.transaction({600}, {610}, 2, orders_table());
         }},
        {"storing a position",
         [](stage& play) {
             play.stream();
             play.transaction({600}, {610}, 2, orders_table());
             play.confirm(2);
         }},
        {"connecting again",
         [](stage& play) {
             play.stream();
             play.transaction({600}, {610}, 2, orders_table());
             play.lose_connection();
         }},
    };
    return all;
}

struct side {
    const char* name;
    bool takes_positions_along;  // what was being stored is lost with it
    std::function<void(stage&, error)> fail;
};

const std::vector<side>& sides() {
    static const std::vector<side> both{
        {"PostgreSQL", false,
         [](stage& play, error why) { play.engine->connection_failed(std::move(why), play.now); }},
        {"the sink", true,
         [](stage& play, error why) {
             const auto kind = why.kind;
             play.fail_sink(kind);
         }},
    };
    return both;
}

std::optional<error> end_of(const std::vector<pipeline::action>& asked) {
    for (const auto& action : asked) {
        if (const auto* end = std::get_if<pipeline::finish>(&action)) {
            return end->why;
        }
    }
    return std::nullopt;
}

bool connects(const std::vector<pipeline::action>& asked) {
    return std::any_of(asked.begin(), asked.end(), [](const auto& action) {
        return std::holds_alternative<pipeline::connect>(action);
    });
}

// The broker confirms the position that was on its way to it.
void finish_storing(stage& play, const std::vector<pipeline::action>& asked) {
    for (const auto& action : asked) {
        if (const auto* writes = std::get_if<pipeline::write_state>(&action)) {
            play.engine->state_written(writes->acknowledged, play.now);
        }
    }
}

// Everything again, up to an acknowledgement of what is behind it.
void get_across(stage& play) {
    play.stream();
    const auto before = play.sink->records.size();
    play.transaction({620}, {630}, 2, orders_table());
    CHECK(play.sink->records.size() == before + 2);
    std::vector<publish::delivery> all;
    for (const auto& record : play.sink->records) {
        all.push_back({record.ticket, 1});
    }
    play.engine->confirmed(all, play.now);
    INFO("acknowledgeable " << to_string(play.engine->book().acknowledgeable()) << ", unconfirmed "
                            << play.engine->book().unconfirmed() << ", writing "
                            << play.engine->acknowledgement().writing());
    auto stored = play.last<pipeline::write_state>();
    REQUIRE(stored);
    CHECK(stored->acknowledged == lsn{630});
    play.engine->state_written(stored->acknowledged, play.now);
    CHECK(play.told_flush() == lsn{630});
}

}  // namespace

TEST_CASE("every kind of error at every step is retried, or ends the stream, by the table") {
    for (const auto& where : steps()) {
        for (const auto& whose : sides()) {
            for (auto kind : all_error_kinds()) {
                INFO(where.name << ", " << whose.name << ", " << name_of(kind));
                auto play = fresh();
                where.reach(play);
                const auto before = play.asked();
                REQUIRE_FALSE(end_of(before));
                whose.fail(play, {kind, "refused", {}, {}});
                const auto asked = play.asked();
                const auto end = end_of(asked);
                if (is_retried(kind)) {
                    CHECK_FALSE(end);
                    CHECK(connects(asked));
                    if (!whose.takes_positions_along) {
                        finish_storing(play, before);
                    }
                    get_across(play);
                } else {
                    REQUIRE(end);
                    CHECK(end->kind == kind);
                    CHECK_FALSE(connects(asked));
                    CHECK(play.engine->state() == pipeline::phase::finished);
                }
            }
        }
    }
}

TEST_CASE("every kind of error while it stops ends it in order or with that error") {
    for (const auto& whose : sides()) {
        for (auto kind : all_error_kinds()) {
            INFO(whose.name << ", " << name_of(kind));
            auto play = fresh();
            play.stream();
            play.transaction({600}, {610}, 2, orders_table());
            play.engine->stop(play.now);
            play.asked();
            whose.fail(play, {kind, "refused", {}, {}});
            auto end = end_of(play.asked());
            CHECK(play.told_flush() == lsn{500});
            if (play.engine->state() == pipeline::phase::finished) {
                REQUIRE(end);  // two records are out: nobody may call that a good end
                CHECK(end->kind == kind);
                continue;
            }
            // Without PostgreSQL it still waits for the broker, no longer than it may.
            CHECK_FALSE(connects(play.asked()));
            play.wait(play.settings.shutdown_timeout);
            end = end_of(play.asked());
            REQUIRE(end);
            CHECK(end->kind == error_kind::shutdown_incomplete);
        }
    }
}
