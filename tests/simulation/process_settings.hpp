#pragma once

#include "tests/simulation/process.hpp"

#include <memory>

namespace walferry::simulation {

// What a simulated process is made of: its configuration as the plan has it, and what follows.
config::settings settings_for(const plan& how, bool accept_gap);
pipeline::table_plans plans_for(const config::settings& settings);
pipeline::side_topics side_for(const config::settings& settings);
// A disk that is full now and then, until all is calm.
std::unique_ptr<spool::storage> spool_for(environment& around);

}  // namespace walferry::simulation
