#include "tests/simulation/history.hpp"

#include "tests/simulation/process.hpp"
#include "tests/simulation/violation.hpp"

#include <algorithm>
#include <utility>

namespace walferry::simulation {
namespace {

// The longest silence that the engine accepts from a server is 60 s; pauses between attempts are
// shorter than 5 s.
constexpr virtual_time patience = 150 * second;

// What else happens at the server, as `who` of a fault.
enum class aftermath : std::uint64_t { strikes, close_anyway, up_again, other_system_ends, remade };

class history {
public:
    history(std::uint64_t seed, variant lie, trace log)
        : random_(seed),
          how_(make_plan(random_)),
          database_(how_.partitions),
          postgres_(database_, random_, how_),
          around_{database_, postgres_, calendar_, random_, how_, log, lie, false, {}, {}} {}

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

void history::handle(const event& next) {
    switch (next.what) {
        case happening::workload:
            write();
            break;
        case happening::fault:
            if (next.who == 0) {
                strike(static_cast<fault_kind>(next.with));
            } else {
                follow(static_cast<aftermath>(next.who));
            }
            break;
        case happening::calm:
            around_.log.tell(calendar_, [] { return "calm"; });
            around_.calm = true;
            break;
        case happening::batch_leaves:
        case happening::batch_lands:
            batch(next);
            break;
        case happening::state_lands:
            state_lands(next);
            break;
        case happening::status:
            status(next);
            break;
        case happening::restart:
            restart_planned_ = false;
            restart();
            break;
        default:
            if (life_) {
                life_->handle(next);
            }
            break;
    }
    if (life_ && life_->finished() && !restart_planned_) {
        process_ended();
    }
}

void history::write() {
    if (!postgres_.up || postgres_.shutting_down) {
        calendar_.plan(50 * ms, happening::workload);
        return;
    }
    database_.write(random_, how_);
    around_.log.tell(calendar_, [&] {
        const auto& made = database_.items().back();
        return "written " + std::to_string(static_cast<int>(made.what)) + " commit " +
               to_string(made.commit) + " end " + to_string(made.end) + " rows " +
               std::to_string(made.rows.size());
    });
    if (life_) {
        life_->poke();
    }
}

void history::batch(const event& next) {
    auto& made = *around_.producers[next.who];
    auto lane = static_cast<std::uint32_t>(next.with);
    if (next.what == happening::batch_leaves) {
        made.batch_leaves(lane);
    } else {
        made.batch_lands(lane);
    }
}

void history::state_lands(const event& next) {
    auto& made = *around_.producers[next.who];
    if (made.dead && random_.chance(500)) {
        return;
    }
    // Within a generation the highest position counts: see tests/model/README.md.
    lsn at{next.with};
    auto of = [](std::uint64_t generation, lsn place) { return std::pair{generation, place}; };
    if (!around_.stored ||
        of(around_.stored->epoch, around_.stored->acknowledged) < of(made.generation, at)) {
        around_.stored = remembered_position{server::own_system(), made.timeline,  at, at,
                                             "walferry_sim",       made.generation};
    }
    if (!made.dead && around_.lie != variant::state_after_acknowledgement) {
        calendar_.plan(random_.between(1, 5) * ms, happening::state_confirmed, next.who, next.with);
    }
}

void history::status(const event& next) {
    if (!postgres_.streams(next.who)) {
        return;
    }
    postgres_.status({next.with});
    if (postgres_.shutting_down && postgres_.confirmed() == database_.wal_end()) {
        follow(aftermath::close_anyway);
    }
}

void history::end_sessions(bool noticed) {
    if (life_) {
        life_->connection_broken(noticed);
    }
    postgres_.end_session();
}

void history::go_down(virtual_time for_how_long) {
    end_sessions(true);
    postgres_.up = false;
    calendar_.plan(for_how_long, happening::fault, static_cast<std::uint64_t>(aftermath::up_again));
}

void history::promote() {
    const auto& order = database_.order();
    auto at = database_.wal_end();
    auto lost = random_.below(3);
    if (lost != 0 && order.size() > lost) {
        at = database_.items()[order[order.size() - 1 - lost]].end;
    }
    at = std::max(at, postgres_.left_at());
    end_sessions(true);
    if (life_) {
        life_->history_rewritten(at);
    }
    postgres_.promote(at);
}

void history::strike(fault_kind kind) {
    if (!postgres_.up || postgres_.shutting_down) {
        return;
    }
    around_.log.tell(calendar_, [&] { return "fault " + std::to_string(static_cast<int>(kind)); });
    auto later = [&](virtual_time low, virtual_time high, aftermath what) {
        calendar_.plan(random_.between(low, high), happening::fault,
                       static_cast<std::uint64_t>(what));
    };
    bool alive = life_ && !life_->finished();
    switch (kind) {
        case fault_kind::cut:
        case fault_kind::half_open:
            end_sessions(kind == fault_kind::cut);
            break;
        case fault_kind::server_crash:
            go_down(random_.between(10, 1'500) * ms);
            postgres_.crash();
            break;
        case fault_kind::server_shutdown:
            postgres_.shutting_down = true;
            later(1 * second, 20 * second, aftermath::close_anyway);
            if (life_) {
                life_->poke();
            }
            break;
        case fault_kind::promotion:
            promote();
            break;
        case fault_kind::other_system:
            end_sessions(true);
            postgres_.shows_other_system = true;
            later(10 * ms, second, aftermath::other_system_ends);
            break;
        case fault_kind::slot_advanced:
            if (!life_ || !life_->prepared_only()) {
                end_sessions(true);
                postgres_.advance_slot(database_.wal_end());
            }
            break;
        case fault_kind::slot_dropped:
            end_sessions(true);
            postgres_.drop_slot();
            later(ms, second, aftermath::remade);
            break;
        case fault_kind::kill:
            if (alive) {
                life_->kill();
            }
            break;
        case fault_kind::orderly_stop:
            if (alive && !life_->stopping()) {
                life_->stop();
            }
            break;
        case fault_kind::producer_fatal:
            if (!around_.producers.empty()) {
                calendar_.plan(0, happening::producer_fails, around_.producers.size() - 1);
            }
            break;
        case fault_kind::count_of_kinds:
            break;
    }
}

void history::follow(aftermath what) {
    switch (what) {
        case aftermath::close_anyway:
            if (postgres_.shutting_down) {
                postgres_.shutting_down = false;
                postgres_.close_in_order();
                go_down(random_.between(10, 1'500) * ms);
            }
            break;
        case aftermath::up_again:
            postgres_.up = true;
            break;
        case aftermath::other_system_ends:
            postgres_.shows_other_system = false;
            end_sessions(true);
            break;
        case aftermath::remade:
            if (!postgres_.slot_exists()) {
                postgres_.recreate_slot();
            }
            break;
        case aftermath::strikes:
            break;
    }
}

void history::restart() {
    life_.emplace(around_, ++lives_, accept_next_);
    around_.log.tell(calendar_, [&] { return "process " + std::to_string(lives_) + " starts"; });
    accept_next_ = false;
    life_->start();
}

void history::process_ended() {
    const auto& why = life_->why();
    if (why) {
        auto what = directive_of(why->kind);
        bool configured = why->kind == error_kind::slot_missing;
        if (what == directive::protect) {
            require(why->kind != error_kind::slot_lost || postgres_.was_dropped(),
                    "says that the slot is lost although it is there");
            accept_next_ = true;
        } else {
            require(what == directive::retry || configured, why->message.c_str());
            require(!around_.calm || life_->stopping() || configured,
                    "gave up although time would heal it");
        }
    }
    restart_planned_ = true;
    calendar_.plan(random_.between(10, 1'000) * ms, happening::restart);
}

}  // namespace

std::uint64_t run_history(std::uint64_t seed, variant lie, trace log) {
    history one{seed, lie, log};
    return one.run();
}

}  // namespace walferry::simulation
