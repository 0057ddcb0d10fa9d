// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Consent, IConsentRegistry} from "../../contracts/consent/interfaces/IConsentRegistry.sol";
import {IEmergencyAccess} from "../../contracts/consent/interfaces/IEmergencyAccess.sol";
import {IRecordRegistry} from "../../contracts/records/interfaces/IRecordRegistry.sol";
import {Authorization} from "../../contracts/types/Authorization.sol";
import {Categories} from "../../contracts/types/Categories.sol";
import {Purposes} from "../../contracts/types/Purpose.sol";
import {RecordKey} from "../../contracts/types/RecordKey.sol";
import {vm} from "../Vm.sol";
import {InvariantTest} from "./InvariantTest.sol";
import {Messages} from "./Messages.sol";
import {World} from "./World.sol";
import {AccreditationHandler} from "./handlers/AccreditationHandler.sol";
import {AdminHandler} from "./handlers/AdminHandler.sol";
import {ClockHandler} from "./handlers/ClockHandler.sol";
import {ConsentHandler} from "./handlers/ConsentHandler.sol";
import {EmergencyHandler} from "./handlers/EmergencyHandler.sol";
import {RecordHandler} from "./handlers/RecordHandler.sol";
import {Calendar} from "./stores/Calendar.sol";
import {CareStore} from "./stores/CareStore.sol";
import {ConsentStore} from "./stores/ConsentStore.sol";
import {RecordStore} from "./stores/RecordStore.sol";

/// @notice INV-7.
contract AdminInvariants is InvariantTest {
    /// @notice Ends an exit drill: undoes it and says that every exit was open.
    error AllExitsOpen();

    World internal world;
    ConsentStore internal consents;
    CareStore internal care;
    RecordStore internal records;
    AdminHandler internal admin;

    function setUp() external {
        world = new World(address(this));
        consents = new ConsentStore(world);
        care = new CareStore();
        records = new RecordStore();
        Calendar[] memory calendars = new Calendar[](2);
        calendars[0] = consents;
        calendars[1] = care;
        AccreditationHandler accreditation = new AccreditationHandler(world, care);
        accreditation.licenseAll();
        ConsentHandler deciders = new ConsentHandler(world, consents);
        deciders.nameDelegates();
        admin = new AdminHandler(world, care, records);
        _handlers.push(new ClockHandler(world, calendars));
        _handlers.push(deciders);
        _handlers.push(accreditation);
        _handlers.push(new EmergencyHandler(world, care, consents));
        _handlers.push(new RecordHandler(world, records, care));
        _handlers.push(admin);
    }

    /// INV-7: no admin action changes a consent, a record, an emergency or a preference.
    function invariant_NoAdminActionChangesWhatIsAPatients() external view {
        vm.assertEq(admin.changed(), 0, "INV-7: an admin action changed something");
        vm.assertEq(admin.impersonated(), 0, "INV-7: the admin passed for a patient");
    }

    /// INV-7: consents and records are what their owners made of them, whatever the admin did in between.
    function invariant_ConsentsAndRecordsAreWhatTheirOwnersLeft() external view {
        vm.assertEq(consents.usurped() + records.usurped(), 0, "INV-7: written without a right to");
        vm.assertEq(consents.refused() + records.refused(), 0, "INV-7: something rightful was refused");
        address patient = world.patient(block.timestamp + consents.step());
        for (uint256 i; i < world.granteeCount(); ++i) {
            for (uint256 j; j < world.policyCount(); ++j) {
                _checkConsent(patient, world.grantees(i), world.policies(j));
            }
        }
        for (uint256 i; i < records.count(); ++i) {
            RecordKey memory key = records.keyAt(i);
            RecordStore.Left memory left = records.leftOf(key);
            vm.assertEq(world.RECORDS().digestOf(key.toId()), left.digest, "INV-7: digest");
            vm.assertEq(world.RECORDS().isErased(key.toId()), left.erased, "INV-7: erased");
        }
    }

    /// INV-7: every exit is open to its owner at any time, directly and by signature.
    function invariant_EveryExitIsOpen() external {
        try this.goThroughEveryExit(world.patient(block.timestamp + consents.step())) {
            revert("unreachable");
        } catch (bytes memory end) {
            vm.assertEq(bytes4(end), AllExitsOpen.selector, "INV-7: an exit is shut");
        }
    }

    /// @notice A patient goes through every exit. It always reverts, so that the run goes on as if nothing happened.
    function goThroughEveryExit(address patient) external {
        IEmergencyAccess emergencies = world.EMERGENCIES();
        _revokeEach(patient);
        for (uint256 i; i < care.caseCount(); ++i) {
            CareStore.Case memory opened = care.caseAt(i);
            if (opened.patient != patient || opened.contested) continue;
            vm.prank(patient);
            emergencies.contest(patient, opened.clinician, uint40(opened.openedAt));
        }
        for (uint256 i; i < records.count(); ++i) _erase(patient, records.keyAt(i));
        _revokeAll(patient);
        revert AllExitsOpen();
    }

    function _revokeEach(address patient) internal {
        IConsentRegistry registry = world.CONSENTS();
        for (uint256 i; i < world.granteeCount(); ++i) {
            address grantee = world.grantees(i);
            for (uint256 j; j < world.policyCount(); ++j) {
                bytes32 policy = world.policies(j);
                vm.prank(patient);
                registry.revoke(patient, grantee, policy);
            }
            uint48 revision = registry.revisionOf(patient, grantee, 0);
            bytes32 digest = Messages.revoke(address(registry), patient, grantee, 0, revision, block.timestamp);
            Authorization memory authorization = Authorization(patient, block.timestamp);
            registry.revokeBySig(patient, grantee, 0, revision, authorization, world.sign(patient, digest));
        }
    }

    function _erase(address patient, RecordKey memory key) internal {
        if (key.patient != patient) return;
        IRecordRegistry registry = world.RECORDS();
        RecordKey[] memory keys = new RecordKey[](1);
        keys[0] = key;
        vm.prank(patient);
        registry.erase(keys);
    }

    function _revokeAll(address patient) internal {
        IConsentRegistry registry = world.CONSENTS();
        vm.prank(patient);
        registry.revokeAll();
        uint24 epoch = registry.epochOf(patient);
        bytes32 digest = Messages.revokeAll(address(registry), patient, epoch, block.timestamp);
        registry.revokeAllBySig(epoch, Authorization(patient, block.timestamp), world.sign(patient, digest));
    }

    function _checkConsent(address patient, address grantee, bytes32 policy) internal view {
        Consent memory consent = world.CONSENTS().consentOf(patient, grantee, policy);
        ConsentStore.Grant memory grant = consents.grantOf(patient, grantee, policy);
        // What does not stand may be there still, of an earlier epoch.
        if (!grant.stands) return;
        vm.assertEq(Purposes.unwrap(consent.purposes), grant.purposes, "INV-7: purposes");
        vm.assertEq(Categories.unwrap(consent.categories), grant.categories, "INV-7: categories");
        vm.assertEq(consent.validFrom, grant.from, "INV-7: validFrom");
        vm.assertEq(consent.validUntil, grant.until, "INV-7: validUntil");
        vm.assertEq(consent.epoch, world.CONSENTS().epochOf(patient), "INV-7: epoch");
    }
}
