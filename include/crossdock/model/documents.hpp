// Every canonical document. Include the single headers where compile time matters.
#pragma once
#include "crossdock/model/availability.hpp"
#include "crossdock/model/finding.hpp"
#include "crossdock/model/fulfilment.hpp"
#include "crossdock/model/inventory.hpp"
#include "crossdock/model/master.hpp"
#include "crossdock/model/order.hpp"
#include "crossdock/model/reservation.hpp"
