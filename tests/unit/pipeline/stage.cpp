#include "tests/unit/pipeline/stage.hpp"

#include <algorithm>

namespace walferry::test {

table_spec orders_table() {
    return {77, "public", "orders", {{"id", 23, true}, {"body"}}, 'd'};
}

stage::stage(options chosen) {
    settings.name = "shop";
    settings.snapshot.mode = chosen.snapshot;
    settings.source.tables = chosen.tables;
    settings.source.acknowledge_interval = 0ms;
    settings.accept_gap = chosen.accept_gap;
    settings.on_poison = chosen.on_poison;
    settings.dead_letter_topic = "shop.dead_letter";
    now.steady = instant{} + 24h;
    auto router = route::table_router::make(settings);
    REQUIRE(router);
    encode::context global;
    global.name = settings.name;
    global.database = "shop";
    global.events = &settings.events;
    auto side = pipeline::side_topics::make(settings);
    REQUIRE(side);
    engine = std::make_unique<pipeline::engine>(
        settings, pipeline::table_plans{std::move(*router), global, settings.topics},
        std::move(*side), chosen.remembered, chosen.keeps_state);
}

void stage::stream() {
    if (engine->state() == pipeline::phase::starting) {
        engine->start(now);
    }
    engine->sink_ready(*sink, now);
    engine->prepared(server, slot, {}, now);
    bool starts = false;
    std::optional<lsn> stored_before;
    for (const auto& action : asked()) {
        starts = starts || std::holds_alternative<pipeline::start_streaming>(action);
        if (const auto* write = std::get_if<pipeline::write_state>(&action)) {
            stored_before = write->acknowledged;
        }
    }
    REQUIRE(starts);
    engine->streaming(now);
    if (stored_before) {
        engine->state_written(*stored_before, now);
    }
    if (auto first = last<pipeline::write_state>()) {
        engine->state_written(first->acknowledged, now);
    }
    announced_.clear();
}

void stage::feed(const std::string& message, lsn at) {
    feed_frame(wal_frame(at, message));
}

void stage::feed_frame(const std::string& frame) {
    settle();
    REQUIRE(engine->wants_input());
    engine->received(frame, now);
    settle();
}

void stage::announce(const table_spec& table) {
    if (std::find(announced_.begin(), announced_.end(), table.id) == announced_.end()) {
        feed(relation(table));
        announced_.push_back(table.id);
    }
}

void stage::transaction(lsn commit, lsn end, int rows, const table_spec& table) {
    feed(begin(commit));
    announce(table);
    for (int i = 0; i < rows; ++i) {
        feed(insert(table.id, texts({std::to_string(i), "body"})));
    }
    feed(test::commit(commit, end));
}

void stage::confirm(std::size_t records) {
    std::vector<publish::delivery> reports;
    for (std::size_t i = 0; i < records; ++i) {
        reports.push_back({sink->records.at(confirmed_++).ticket, 1});
    }
    engine->confirmed(reports, now);
}

void stage::wait(std::chrono::milliseconds time) {
    now.steady += time;
    engine->tick(now);
}

void stage::lose_connection() {
    engine->connection_failed({error_kind::connection_lost, "cut", {}, {}}, now);
}

void stage::fail_sink(error_kind why) {
    engine->sink_failed({why, "refused", {}, {}}, now);
    settle();
    sink = std::make_unique<fake_sink>();
    confirmed_ = 0;
}

std::vector<pipeline::action> stage::asked() {
    settle();
    return std::exchange(seen_, {});
}

publish::topic_id stage::topic_id(const std::string& name) {
    auto found = std::find(topics_.begin(), topics_.end(), name);
    if (found == topics_.end()) {
        found = topics_.insert(topics_.end(), name);
    }
    return static_cast<publish::topic_id>(found - topics_.begin());
}

void stage::settle() {
    for (auto actions = engine->take_actions(); !actions.empty();
         actions = engine->take_actions()) {
        for (auto& action : actions) {
            if (std::holds_alternative<pipeline::describe>(action)) {
                engine->described({}, now);
            } else if (auto* question = std::get_if<pipeline::open_topics>(&action)) {
                std::vector<publish::opened_topic> opened;
                for (const auto& topic : question->wanted) {
                    opened.push_back({topic.name, topic_id(topic.name), 4, 0, false});
                }
                engine->topics_opened(opened, now);
            } else {
                if (auto* status = std::get_if<pipeline::send_status>(&action)) {
                    told_ = status->acknowledged;
                }
                seen_.push_back(std::move(action));
            }
        }
    }
}

}  // namespace walferry::test
