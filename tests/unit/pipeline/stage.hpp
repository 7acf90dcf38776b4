#pragma once

#include "lib/pipeline/engine.hpp"
#include "tests/support/frame_builder.hpp"
#include "tests/support/pgoutput_builder.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace walferry::test {

using namespace std::chrono_literals;

// Remembers what it is given.
class fake_sink : public publish::sink {
public:
    struct produced {
        publish::topic_id topic = 0;
        std::int32_t partition = 0;
        std::string key;
        std::string value;
        std::uint64_t ticket = 0;
        std::uint64_t sequence = 0;
        std::vector<std::pair<std::string, std::string>> headers{};
    };

    void produce(publish::topic_id topic, std::int32_t partition, const record& what,
                 std::uint64_t ticket) override {
        records.push_back({topic, partition, std::string{what.key.value_or("")},
                           std::string{what.value.value_or("")}, ticket, what.sequence});
        for (const auto& one : what.headers) {
            records.back().headers.emplace_back(one.name, one.value.value_or(""));
        }
    }
    bool has_room() const override { return room; }

    std::vector<produced> records;
    bool room = true;
};

// An engine with everything around it played by the test: a server whose slot is at 0/1F4 (500), a
// sink, a clock that moves when told. Questions about tables and topics are answered at once.
class stage {
public:
    struct options {
        bool keeps_state = false;
        std::optional<remembered_position> remembered;
        std::vector<std::string> tables;
        bool accept_gap = false;
        config::poison_policy on_poison = config::poison_policy::stop;
        config::snapshot_mode snapshot = config::snapshot_mode::never;
    };

    explicit stage(options chosen);
    stage() : stage(options{}) {}

    // From nothing to a stream that flows.
    void stream();

    // A frame with one message of pgoutput.
    void feed(const std::string& message, lsn at = {});
    void feed_frame(const std::string& frame);

    // Begin, so many rows, commit; the table is announced when it was not in this session.
    void transaction(lsn commit, lsn end, int rows, const table_spec& table);
    void announce(const table_spec& table);

    // The broker confirms what came first; the tickets of the records are taken in their order.
    void confirm(std::size_t records);

    void wait(std::chrono::milliseconds time);
    void lose_connection();
    void fail_sink(error_kind why = error_kind::delivery_failed);

    // As the sink of the play numbers topics.
    publish::topic_id topic_id(const std::string& name);

    // What the engine asked for since the last call; questions are answered meanwhile and left out.
    std::vector<pipeline::action> asked();

    // The last action of a kind among those since the last call of asked().
    template <typename wanted>
    std::optional<wanted> last() {
        std::optional<wanted> found;
        for (auto& action : asked()) {
            if (auto* fitting = std::get_if<wanted>(&action)) {
                found = std::move(*fitting);
            }
        }
        return found;
    }

    // The LSN that the server was told last, in the whole play.
    lsn told_flush() {
        settle();
        return told_;
    }

    config::settings settings;
    server_identity server{7000, 1, {1'000'000}, "shop", {}};
    slot_position slot{"walferry_shop", {500}, false};
    moment now;
    std::unique_ptr<fake_sink> sink = std::make_unique<fake_sink>();
    std::unique_ptr<pipeline::engine> engine;

private:
    void settle();

    std::vector<pipeline::action> seen_;
    std::vector<oid> announced_;
    std::vector<std::string> topics_;
    std::size_t confirmed_ = 0;
    lsn told_;
};

table_spec orders_table();

}  // namespace walferry::test
