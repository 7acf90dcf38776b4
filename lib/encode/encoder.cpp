#include "lib/encode/encoder.hpp"
