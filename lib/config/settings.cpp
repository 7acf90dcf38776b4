#include "lib/config/settings.hpp"
