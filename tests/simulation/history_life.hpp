#pragma once

#include "tests/simulation/process.hpp"
#include "tests/simulation/violation.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace walferry::simulation {

// The longest silence that the engine accepts from a server is 60 s; pauses between attempts are
// shorter than 5 s.
inline constexpr virtual_time patience = 150 * second;

// What else happens at the server, as `who` of a fault.
enum class aftermath : std::uint64_t { strikes, close_anyway, up_again, other_system_ends, remade };

// One history: history.cpp runs it, history_faults.cpp breaks things in it.
class history {
public:
    history(std::uint64_t seed, variant lie, trace log, unsigned instances)
        : random_(seed),
          how_(extended(make_plan(random_), seed, instances)),
          database_(how_.partitions, how_.on_poison),
          postgres_(database_, random_, how_),
          around_{database_, postgres_, calendar_, random_, how_, log, lie, false, {}, {}, {}, {}} {
    }

    std::uint64_t run() {
        plan_everything();
        restart(0);
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
            describe_lives() + "; the WAL ends at " + to_string(database_.wal_end()) +
            ", the slot is at " + to_string(postgres_.confirmed()));
    }

private:
    // One after another in the same place, started again whenever it ends.
    struct instance {
        std::optional<process> life;
        bool accept_next = false;
        bool restart_planned = false;
        bool paused = false;
        std::vector<event> missed;  // meanwhile
    };

    static plan extended(plan how, std::uint64_t seed, unsigned instances) {
        add_poison(how, seed);
        add_streams(how, seed);
        add_messages(how, seed);
        if (instances > 1) {
            add_second_instance(how, seed);
        }
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
        if (how_.instances > 1) {
            calendar_.plan(random_.below(500 * ms), happening::restart, 1);
        }
        for (unsigned i = 0; i < how_.pauses; ++i) {
            calendar_.plan(random_.below(how_.active), happening::pause, random_.below(2));
        }
    }

    bool quiet() const {
        return std::ranges::any_of(instances_,
                                   [](const instance& one) {
                                       return one.life && !one.paused && one.life->quiet();
                                   }) &&
               database_.complete() && postgres_.confirmed() == database_.wal_end();
    }

    std::string describe_lives() const {
        std::string text;
        for (const auto& one : instances_) {
            text += one.life ? one.life->describe_state() : std::string{};
        }
        return text.empty() ? "no process" : text;
    }

    void handle(const event& next);
    void write();
    void strike(fault_kind kind);
    void follow(aftermath what);
    void restart(std::uint64_t which);
    void look_after(std::uint64_t which);
    void process_ended(instance& of);
    instance* instance_of(std::uint64_t process_number);
    instance* owner_of(const event& next);
    bool misses(const event& next);
    void pause(std::uint64_t which);
    void give_peer_up(std::uint64_t which);
    void wake(std::uint64_t which);
    void kill(instance& hit);
    void tell(const event& next);
    void poke();
    void batch(const event& next);
    void state_lands(const event& next);
    void state_removed(const event& next);
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
    std::array<instance, 2> instances_;
    std::uint64_t lives_ = 0;
};

}  // namespace walferry::simulation
