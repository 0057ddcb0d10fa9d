// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {EmergencyAccess} from "../../contracts/consent/EmergencyAccess.sol";
import {Emergency} from "../../contracts/consent/interfaces/IEmergencyAccess.sol";
import {Categories} from "../../contracts/types/Categories.sol";
import {Role} from "../../contracts/types/Role.sol";
import {vm} from "../Vm.sol";
import {InvariantTest} from "./InvariantTest.sol";
import {World} from "./World.sol";
import {AccessHandler} from "./handlers/AccessHandler.sol";
import {AccreditationHandler} from "./handlers/AccreditationHandler.sol";
import {ClockHandler} from "./handlers/ClockHandler.sol";
import {ConsentHandler} from "./handlers/ConsentHandler.sol";
import {EmergencyHandler} from "./handlers/EmergencyHandler.sol";
import {EmergencyMessageHandler} from "./handlers/EmergencyMessageHandler.sol";
import {Calendar} from "./stores/Calendar.sol";
import {CareStore} from "./stores/CareStore.sol";
import {ConsentStore} from "./stores/ConsentStore.sol";

/// @notice INV-2.
contract AccessInvariants is InvariantTest {
    World internal world;
    EmergencyAccess internal emergencies;
    CareStore internal store;
    ConsentStore internal consents;
    EmergencyMessageHandler internal messages;

    function setUp() external {
        world = new World(address(this));
        emergencies = world.EMERGENCIES();
        store = new CareStore();
        consents = new ConsentStore(world);
        Calendar[] memory calendars = new Calendar[](2);
        calendars[0] = consents;
        calendars[1] = store;
        AccreditationHandler accreditation = new AccreditationHandler(world, store);
        accreditation.licenseAll();
        ConsentHandler deciders = new ConsentHandler(world, consents);
        deciders.nameDelegates();
        messages = new EmergencyMessageHandler(world, store, consents);
        _handlers.push(new ClockHandler(world, calendars));
        _handlers.push(deciders);
        _handlers.push(accreditation);
        _handlers.push(new EmergencyHandler(world, store, consents));
        _handlers.push(messages);
        _handlers.push(new AccessHandler(world, store, consents));
    }

    /// INV-2: whoever logged was the grantee or on its staff, was permitted or had an emergency open, and left the
    /// event that says so; and whoever had the right to log could.
    function invariant_EveryAccessHadPermissionAtItsBlock() external view {
        vm.assertEq(store.framed(), 0, "INV-2: somebody was framed");
        vm.assertEq(store.unpermitted(), 0, "INV-2: an access had no permission");
        vm.assertEq(store.misreported(), 0, "INV-2: the event does not tell what happened");
        vm.assertEq(store.refused(), 0, "INV-2: something rightful was refused");
    }

    /// INV-2: emergencies are opened, reviewed, contested and preferred only by those who may, and are open exactly
    /// as long and as far as they should.
    function invariant_EmergenciesAreOpenExactlyWhileTheyShould() external view {
        vm.assertEq(store.trespassed(), 0, "INV-2: somebody acted without a right to");
        address patient = world.patient(block.timestamp + store.caseCount());
        for (uint256 i; i < world.clinicianCount(); ++i) {
            address clinician = world.clinicians(i);
            CareStore.Opening memory opening = store.openingOf(patient, clinician);
            _checkOpen(patient, clinician, opening.categories);
            _checkOpen(patient, clinician, opening.categories | (1 << (block.timestamp % 21)));
            _checkOpen(patient, clinician, 1 << (block.timestamp % 21));
            Emergency memory emergency = emergencies.emergencyOf(patient, clinician);
            vm.assertLe(emergency.until, uint256(emergency.openedAt) + 4 hours, "INV-2: longer than four hours");
            vm.assertLe(emergency.openedAt, block.timestamp, "INV-2: opened in the future");
            vm.assertEq(
                world.ACCREDITATION().isLive(clinician, Role.Practitioner),
                store.isLive(clinician, Role.Practitioner),
                "INV-2: licence"
            );
        }
    }

    /// INV-2: no countersignature or preference works after what it was signed against, whatever happened since.
    function invariant_NoMessageOutlivesWhatItWasSignedAgainst() external {
        vm.assertEq(store.resurrected(), 0, "INV-2: a stale message worked");
        for (uint256 i; i < 6; ++i) {
            vm.assertFalse(messages.worksThoughStale(block.timestamp + i), "INV-2: a stale message works");
        }
    }

    function _checkOpen(address patient, address clinician, uint256 categories) internal view {
        bool open = emergencies.isOpen(patient, clinician, Categories.wrap(uint48(categories)));
        vm.assertEq(open, store.isOpen(patient, clinician, categories), "INV-2: isOpen");
    }
}
