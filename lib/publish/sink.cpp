#include "lib/publish/sink_driver.hpp"
