#pragma once

#include "tests/simulation/process.hpp"
#include "tests/simulation/violation.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

namespace walferry::simulation {

// The longest silence that the engine accepts from a server is 60 s; pauses between attempts are
// shorter than 5 s.
inline constexpr virtual_time patience = 150 * second;

// What else happens at the server, as `who` of a fault.
enum class aftermath : std::uint64_t { strikes, close_anyway, up_again, other_system_ends, remade };

// One history: history.cpp runs it, history_faults.cpp breaks things in it.
class history {
public:
    history(std::uint64_t seed, variant lie, trace log)
        : random_(seed),
          how_(extended(make_plan(random_), seed)),
          database_(how_.partitions, how_.on_poison),
          postgres_(database_, random_, how_),
          around_{database_, postgres_, calendar_, random_, how_, log, lie, false, {}, {}, {}} {}

    std::uint64_t run() {
        plan_everything();
        restart();
        std::uint64_t events = 0;
        while (!calendar_.empty()) {
            auto next = calendar_.take();
            ++events;
            handle(next);
            if (around_.calm && quiet()) {
                return events;
            }
            if (calendar_.now() > how_.active + patience) {
                break;
            }
        }
        throw violation(
            "stuck: not everything is published and acknowledged long after the last "
            "fault: " +
            (life_ ? life_->describe_state() : std::string{"no process"}) + "; the WAL ends at " +
            to_string(database_.wal_end()) + ", the slot is at " +
            to_string(postgres_.confirmed()));
    }

private:
    static plan extended(plan how, std::uint64_t seed) {
        add_poison(how, seed);
        add_streams(how, seed);
        add_messages(how, seed);
        return how;
    }

    void plan_everything() {
        for (unsigned i = 0; i < how_.items; ++i) {
            calendar_.plan(random_.below(how_.active), happening::workload);
        }
        for (auto kind : how_.faults) {
            calendar_.plan(random_.below(how_.active), happening::fault, 0,
                           static_cast<std::uint64_t>(kind));
        }
        calendar_.plan(how_.active, happening::calm);
    }

    bool quiet() const {
        return life_ && !life_->finished() && life_->quiet() && database_.complete() &&
               postgres_.confirmed() == database_.wal_end();
    }

    void handle(const event& next);
    void write();
    void strike(fault_kind kind);
    void follow(aftermath what);
    void restart();
    void process_ended();
    void batch(const event& next);
    void state_lands(const event& next);
    void status(const event& next);
    void end_sessions(bool noticed);
    void promote();
    void go_down(virtual_time for_how_long);

    dice random_;
    plan how_;
    truth database_;
    schedule calendar_;
    server postgres_;
    environment around_;
    std::optional<process> life_;
    std::uint64_t lives_ = 0;
    bool accept_next_ = false;
    bool restart_planned_ = false;
};

}  // namespace walferry::simulation
