// Two instances of walferry on one slot: whose a happening is, and what one misses that is paused.

#include "tests/simulation/history_life.hpp"

#include <algorithm>
#include <utility>

namespace walferry::simulation {

history::instance* history::instance_of(std::uint64_t process_number) {
    const auto found = std::ranges::find_if(instances_, [&](const instance& one) {
        return one.life && one.life->number() == process_number;
    });
    return found == instances_.end() ? nullptr : &*found;
}

history::instance* history::owner_of(const event& next) {
    switch (next.what) {
        case happening::lost:
        case happening::connected:
        case happening::started:
        case happening::described:
        case happening::slot_seen:
        case happening::holder_told:
        case happening::state_read:
            return instance_of(process::of_attempt(next.who));
        case happening::sink_made:
        case happening::tick:
        case happening::stop_is_due:
            return instance_of(next.who);
        case happening::opened:
        case happening::batch_leaves:
        case happening::batch_lands:
        case happening::batch_confirmed:
        case happening::producer_fails:
        case happening::state_lands:
        case happening::state_confirmed:
        case happening::state_removed:
            return instance_of(around_.producers[next.who]->owner);
        case happening::serve: {
            const auto found = std::ranges::find_if(instances_, [&](const instance& one) {
                return one.life && one.life->session() == next.who;
            });
            return found == instances_.end() ? nullptr : &*found;
        }
        default:
            return nullptr;
    }
}

// What a paused process would do it does when it wakes up. What it had sent may arrive meanwhile.
bool history::misses(const event& next) {
    auto* owner = how_.instances == 1 ? nullptr : owner_of(next);
    if (owner == nullptr || !owner->paused || next.what == happening::batch_lands) {
        return false;
    }
    const bool may_be_sent =
        next.what == happening::state_lands || next.what == happening::state_removed;
    if (may_be_sent && random_.chance(500)) {
        return false;
    }
    owner->missed.push_back(next);
    return true;
}

void history::pause(std::uint64_t which) {
    auto& hit = instances_[which];
    if (!hit.life || hit.life->finished() || hit.paused) {
        return;
    }
    around_.log.tell(calendar_,
                     [&] { return "pauses process " + std::to_string(hit.life->number()); });
    hit.paused = true;
    if (random_.chance(800)) {
        calendar_.plan(random_.between(1, 500) * ms, happening::peer_given_up, which);
    }
    calendar_.plan(random_.between(1, 3'000) * ms, happening::wake, which);
}

void history::give_peer_up(std::uint64_t which) {
    auto& hit = instances_[which];
    if (hit.life && hit.paused) {
        hit.life->connection_broken(true);
    }
}

void history::wake(std::uint64_t which) {
    auto& hit = instances_[which];
    if (!std::exchange(hit.paused, false)) {
        return;
    }
    around_.log.tell(calendar_,
                     [&] { return "wakes process " + std::to_string(hit.life->number()); });
    for (const auto& one : std::exchange(hit.missed, {})) {
        const bool overdue = one.what == happening::stop_is_due;
        calendar_.plan(overdue ? second : 0, one.what, one.who, one.with);
    }
}

void history::kill(instance& hit) {
    hit.paused = false;
    hit.missed.clear();
    hit.life->kill();
}

}  // namespace walferry::simulation
