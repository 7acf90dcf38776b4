#pragma once

#include "lib/base/error.hpp"
#include "lib/config/settings.hpp"
#include "lib/pipeline/engine.hpp"
#include "lib/postgres/setup.hpp"
#include "lib/publish/sink_driver.hpp"

#include <memory>

// What the commands that handle a stream make of a configuration.
namespace walferry {

// The database names the stream when the configuration does not; only the server knows it for sure.
result<void> complete_names(config::settings& settings);

// source.tables as a predicate.
result<postgres::table_filter> table_filter_of(const config::settings& settings);

// `settings` outlives the engine.
result<pipeline::engine> make_engine(const config::settings& settings, bool keeps_state);

std::unique_ptr<publish::sink_factory> make_sinks(const config::settings& settings);

}  // namespace walferry
