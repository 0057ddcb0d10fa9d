// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Access, IRecordRegistry} from "../../../contracts/records/interfaces/IRecordRegistry.sol";
import {RecordRegistry} from "../../../contracts/records/RecordRegistry.sol";
import {Categories} from "../../../contracts/types/Categories.sol";
import {Purpose} from "../../../contracts/types/Purpose.sol";
import {World} from "../World.sol";
import {CareStore} from "../stores/CareStore.sol";
import {ConsentStore} from "../stores/ConsentStore.sol";
import {Vm, vm} from "../../Vm.sol";
import {Handler} from "./Handler.sol";

/// @notice Anybody logs anything, with a right to it or without.
contract AccessHandler is Handler {
    uint256 internal constant BREAK_THE_GLASS = 58;

    CareStore internal store;

    ConsentStore internal consents;

    constructor(World inhabited, CareStore care, ConsentStore given) Handler(inhabited) {
        store = care;
        consents = given;
    }

    function actions() external pure override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](2);
        selectors[0] = this.logUnderConsent.selector;
        selectors[1] = this.logInEmergency.selector;
    }

    function logUnderConsent(
        uint256 callerSeed,
        uint256 patientSeed,
        uint256 granteeSeed,
        uint256 policySeed,
        uint256 purposeSeed,
        uint256 maskSeed
    ) external {
        Access memory access;
        access.patient = world.patient(patientSeed);
        access.grantee = world.grantee(granteeSeed);
        access.policy = world.policy(policySeed);
        // Mostly what was granted lately.
        if (patientSeed % 8 != 0 && consents.grantCount() != 0) {
            ConsentStore.Slot memory slot = consents.recentGrant(granteeSeed);
            (access.patient, access.grantee, access.policy) = (slot.patient, slot.grantee, slot.policy);
        }
        ConsentStore.Grant memory grant = consents.grantOf(access.patient, access.grantee, access.policy);
        // Mostly one of its purposes, else any.
        uint256 purpose = purposeSeed % 8 == 0 ? (purposeSeed / 8) % 80 : _bitOf(grant.purposes, purposeSeed / 8);
        access.purpose = Purpose.wrap(uint8(purpose));
        access.categories = _asked(grant.categories, maskSeed);

        bool permitted =
            purpose == BREAK_THE_GLASS
                ? store.isOpen(access.patient, access.grantee, Categories.unwrap(access.categories))
                : consents.permits(
                    access.patient,
                    access.grantee,
                    access.policy,
                    purpose,
                    Categories.unwrap(access.categories)
                );
        _log(callerSeed, access, permitted);
    }

    function logInEmergency(uint256 callerSeed, uint256 patientSeed, uint256 clinicianSeed, uint256 maskSeed) external {
        Access memory access;
        // Mostly somebody who did open the patient's records once.
        if (store.caseCount() != 0 && patientSeed % 8 != 0) {
            CareStore.Case memory opened = store.caseAt(store.recentCase(clinicianSeed));
            access.patient = opened.patient;
            access.grantee = opened.clinician;
        } else {
            access.patient = world.patient(patientSeed);
            access.grantee = world.anyone(clinicianSeed);
        }
        access.purpose = Purpose.wrap(uint8(BREAK_THE_GLASS));
        access.categories = _asked(store.openingOf(access.patient, access.grantee).categories, maskSeed);

        bool permitted = store.isOpen(access.patient, access.grantee, Categories.unwrap(access.categories));
        _log(callerSeed, access, permitted);
    }

    function _log(uint256 callerSeed, Access memory access, bool permitted) internal {
        address caller = callerSeed % 4 != 0 ? access.grantee : world.anyone(callerSeed / 4);
        access.records = keccak256(abi.encode(callerSeed));
        access.actor = keccak256(abi.encode(caller));
        bytes memory data = abi.encodeCall(IRecordRegistry.logAccess, (access));
        if (callerSeed % 8 == 3) data = _inABatch(data);

        vm.recordLogs();
        bool succeeded = _call(caller, address(world.RECORDS()), data);

        store.judgeAccess(succeeded, store.actsFor(caller, access.grantee), permitted);
        if (!_isReported(vm.getRecordedLogs(), succeeded, caller, access)) store.misreport();
    }

    /// @dev A success leaves one event, which tells what was asked for and by whom; a refusal leaves none.
    function _isReported(
        Vm.Log[] memory logs,
        bool succeeded,
        address caller,
        Access memory access
    ) internal view returns (bool) {
        if (!succeeded || logs.length != 1) return !succeeded && logs.length == 0;
        bytes32 told = keccak256(abi.encode(logs[0].emitter, logs[0].topics, logs[0].data));
        bytes32[] memory topics = new bytes32[](4);
        topics[0] = IRecordRegistry.AccessLogged.selector;
        topics[1] = bytes32(uint256(uint160(access.patient)));
        topics[2] = bytes32(uint256(uint160(access.grantee)));
        topics[3] = bytes32(uint256(Purpose.unwrap(access.purpose)));
        bytes memory data = abi.encode(access.policy, access.categories, access.records, access.actor, caller);
        return told == keccak256(abi.encode(address(world.RECORDS()), topics, data));
    }

    /// @dev All that was given, one of it, one of all, or none.
    function _asked(uint256 given, uint256 seed) internal pure returns (Categories) {
        uint256 choice = seed % 8;
        if (choice < 3) return Categories.wrap(uint48(given));
        if (choice < 6) return Categories.wrap(uint48(1 << _bitOf(given, seed / 8)));
        if (choice == 6) return Categories.wrap(uint48(given | (1 << ((seed / 8) % 48))));
        return Categories.wrap(0);
    }

    function _inABatch(bytes memory data) internal pure returns (bytes memory) {
        bytes[] memory batch = new bytes[](1);
        batch[0] = data;
        return abi.encodeCall(RecordRegistry(address(0)).multicall, (batch));
    }
}
