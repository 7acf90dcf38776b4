#include "tests/simulation/history.hpp"

#include "tests/simulation/history_life.hpp"

#include <utility>

namespace walferry::simulation {

void history::handle(const event& next) {
    if (misses(next)) {
        return;
    }
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
            restart(next.who);
            break;
        case happening::state_removed:
            state_removed(next);
            break;
        case happening::pause:
            pause(next.who);
            break;
        case happening::wake:
            wake(next.who);
            break;
        case happening::peer_given_up:
            give_peer_up(next.who);
            break;
        default:
            tell(next);
            break;
    }
    look_after(0);
    look_after(1);
}

void history::tell(const event& next) {
    auto* owner = how_.instances == 1 ? &instances_.front() : owner_of(next);
    if (owner != nullptr && owner->life) {
        owner->life->handle(next);
    }
}

void history::look_after(std::uint64_t which) {
    auto& one = instances_[which];
    if (one.life && one.life->finished() && !one.restart_planned) {
        process_ended(one);
        one.restart_planned = true;
        calendar_.plan(random_.between(10, 1'000) * ms, happening::restart, which);
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
    poke();
}

void history::poke() {
    for (auto& one : instances_) {
        if (one.life) {
            one.life->poke();
        }
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
    landed.epoch = made.epoch;
    if (how_.instances > 1) {
        database_.require_published(landed.acknowledged);
        around_.log.tell(calendar_, [&] {
            return "stored under " + std::to_string(made.state_key) + ": " +
                   to_string(landed.acknowledged);
        });
        around_.topic.put(made.state_key, landed);
    } else {
        around_.store(landed);
    }
    if (!made.dead && around_.lie != variant::state_after_acknowledgement) {
        calendar_.plan(random_.between(1, 5) * ms, happening::state_confirmed, next.who, next.with);
    }
}

void history::state_removed(const event& next) {
    around_.log.tell(calendar_, [&] { return "removed " + std::to_string(next.with); });
    around_.topic.remove(next.with);
}

void history::status(const event& next) {
    if (!postgres_.streams(next.who)) {
        return;
    }
    if (how_.instances > 1 && lsn{next.with} > postgres_.confirmed()) {
        around_.topic.tell({next.with});
    }
    postgres_.status({next.with});
    if (postgres_.shutting_down && postgres_.confirmed() == database_.wal_end()) {
        follow(aftermath::close_anyway);
    }
}

void history::restart(std::uint64_t which) {
    auto& one = instances_[which];
    one.restart_planned = false;
    one.life.emplace(around_, ++lives_, one.accept_next);
    around_.log.tell(calendar_, [&] { return "process " + std::to_string(lives_) + " starts"; });
    one.accept_next = false;
    one.life->start();
}

void history::process_ended(instance& of) {
    const auto& why = of.life->why();
    if (why) {
        auto what = directive_of(why->kind);
        bool configured = why->kind == error_kind::slot_missing;
        if (what == directive::protect) {
            require(why->kind != error_kind::slot_lost || postgres_.was_dropped(),
                    "says that the slot is lost although it is there");
            of.accept_next = true;
        } else {
            require(what == directive::retry || configured, why->message.c_str());
            require(!around_.calm || of.life->stopping() || configured,
                    "gave up although time would heal it");
        }
    }
}

std::uint64_t run_history(std::uint64_t seed, variant lie, trace log, unsigned instances) {
    history one{seed, lie, log, instances};
    return one.run();
}

}  // namespace walferry::simulation
