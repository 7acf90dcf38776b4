#include "tests/simulation/history.hpp"

#include "tests/simulation/history_life.hpp"

#include <utility>

namespace walferry::simulation {

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
    state_record landed;
    landed.system = server::own_system();
    landed.timeline = made.timeline;
    landed.slot = "walferry_sim";
    landed.acknowledged = {next.with};
    landed.published = made.published;
    landed.generation = made.generation;
    around_.store(landed);
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

std::uint64_t run_history(std::uint64_t seed, variant lie, trace log) {
    history one{seed, lie, log};
    return one.run();
}

}  // namespace walferry::simulation
