// What goes wrong around the process, and how the server comes back.

#include "tests/simulation/history_life.hpp"

#include <algorithm>

namespace walferry::simulation {

void history::end_sessions(bool noticed) {
    for (auto& one : instances_) {
        if (one.life) {
            one.life->connection_broken(noticed);
        }
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
    if (auto& life = instances_.front().life) {
        life->history_rewritten(at);
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
    auto& hit = instances_[how_.instances == 1 ? 0 : random_.below(2)];
    const bool alive = hit.life && !hit.life->finished();
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
            poke();
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
            if (!hit.life || !hit.life->prepared_only()) {
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
                kill(hit);
            }
            break;
        case fault_kind::orderly_stop:
            if (alive && !hit.paused && !hit.life->stopping()) {
                hit.life->stop();
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

}  // namespace walferry::simulation
