// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {ConsentRegistry} from "../../contracts/consent/ConsentRegistry.sol";
import {Categories} from "../../contracts/types/Categories.sol";
import {Purpose} from "../../contracts/types/Purpose.sol";
import {vm} from "../Vm.sol";
import {InvariantTest} from "./InvariantTest.sol";
import {World} from "./World.sol";
import {ClockHandler} from "./handlers/ClockHandler.sol";
import {ConsentHandler} from "./handlers/ConsentHandler.sol";
import {MessageHandler} from "./handlers/MessageHandler.sol";
import {Calendar} from "./stores/Calendar.sol";
import {ConsentStore} from "./stores/ConsentStore.sol";
import {Message, MessageStore} from "./stores/MessageStore.sol";

/// @notice INV-1.
contract ConsentInvariants is InvariantTest {
    uint256 internal constant TRIED_AT_A_STEP = 6;

    World internal world;
    ConsentRegistry internal consents;
    ConsentStore internal store;
    MessageStore internal messages;

    function setUp() external {
        world = new World(address(this));
        consents = world.CONSENTS();
        store = new ConsentStore(world);
        messages = new MessageStore(store);
        Calendar[] memory calendars = new Calendar[](1);
        calendars[0] = store;
        ConsentHandler deciders = new ConsentHandler(world, store);
        deciders.nameDelegates();
        _handlers.push(new ClockHandler(world, calendars));
        _handlers.push(deciders);
        _handlers.push(new MessageHandler(world, store, messages));
    }

    /// INV-1: a grantee is permitted exactly what stands, now.
    function invariant_PermitsExactlyWhatStands() external view {
        // A patient at each step, in turn.
        address patient = world.patient(store.step() + block.timestamp);
        for (uint256 i; i < world.granteeCount(); ++i) {
            for (uint256 j; j < world.policyCount(); ++j) _checkPermits(patient, world.grantees(i), world.policies(j));
        }
    }

    /// INV-1: no message signed before a revocation works after it, whatever happened since.
    function invariant_NoMessageOutlivesARevocation() external {
        vm.assertEq(store.resurrected(), 0, "INV-1: a stale message worked");
        uint256 count = messages.count();
        // A few at each step, from another one on each time: every message has its turn many times over.
        for (uint256 i; i < TRIED_AT_A_STEP && i < count; ++i) {
            Message memory message = messages.get((store.step() * TRIED_AT_A_STEP + i) % count);
            if (messages.isFresh(message)) continue;
            (bool succeeded, ) = address(consents).call(message.relay);
            vm.assertFalse(succeeded, "INV-1: a stale message works");
        }
    }

    /// INV-1: only the patient, or a delegate within its mask and time, grants and revokes; and they always can.
    function invariant_OnlyThoseWithASayDecide() external view {
        vm.assertEq(store.usurped(), 0, "INV-1: decided without a say");
        vm.assertEq(store.refused(), 0, "INV-1: a rightful decision was refused");
        for (uint256 i; i < world.patientCount(); ++i) {
            for (uint256 j; j < world.delegateCount(); ++j) {
                uint48 mask = uint48(1 << (store.step() % 22));
                vm.assertEq(
                    consents.mayDecide(world.patients(i), world.delegates(j), Categories.wrap(mask)),
                    store.mayDecide(world.patients(i), world.delegates(j), mask),
                    "INV-1: mayDecide"
                );
            }
        }
    }

    /// @dev All that was granted, a category more, and other purposes, inside, outside and beyond the mask.
    function _checkPermits(address patient, address grantee, bytes32 policy) internal view {
        ConsentStore.Grant memory grant = store.grantOf(patient, grantee, policy);
        uint256 seed = store.step();
        uint256 purpose = _lowestBit(grant.purposes);
        _probe(patient, grantee, policy, purpose, grant.categories);
        _probe(patient, grantee, policy, purpose, grant.categories | (1 << (seed % 21)));
        _probe(patient, grantee, policy, seed % 81, grant.categories);
    }

    function _probe(
        address patient,
        address grantee,
        bytes32 policy,
        uint256 purpose,
        uint256 categories
    ) internal view {
        bool permitted = consents.permits(
            patient,
            grantee,
            policy,
            Purpose.wrap(uint8(purpose)),
            Categories.wrap(uint48(categories))
        );
        vm.assertEq(permitted, store.permits(patient, grantee, policy, purpose, categories), "INV-1: permits");
    }

    function _lowestBit(uint256 mask) internal pure returns (uint256 bit) {
        if (mask != 0) while ((mask / 2 ** bit) % 2 == 0) ++bit;
    }
}
