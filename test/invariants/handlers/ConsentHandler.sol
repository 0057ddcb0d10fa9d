// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IConsentRegistry, Terms} from "../../../contracts/consent/interfaces/IConsentRegistry.sol";
import {ALL_CATEGORIES, Categories} from "../../../contracts/types/Categories.sol";
import {Purposes} from "../../../contracts/types/Purpose.sol";
import {World} from "../World.sol";
import {ConsentStore} from "../stores/ConsentStore.sol";
import {bound} from "../../Vm.sol";
import {Handler} from "./Handler.sol";

/// @notice Patients, delegates and people without a say decide on the spot.
contract ConsentHandler is Handler {
    ConsentStore internal store;

    constructor(World inhabited, ConsentStore consents) Handler(inhabited) {
        store = consents;
    }

    function actions() external pure virtual override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](4);
        selectors[0] = this.grant.selector;
        selectors[1] = this.revoke.selector;
        selectors[2] = this.revokeAll.selector;
        selectors[3] = this.setDelegate.selector;
    }

    function grant(
        uint256 patientSeed,
        uint256 actorSeed,
        uint256 granteeSeed,
        uint256 policySeed,
        uint256 maskSeed,
        uint256 timeSeed
    ) external {
        (address patient, address grantee, bytes32 policy) = _slot(patientSeed, granteeSeed, policySeed);
        address actor = world.decider(patient, actorSeed);
        Terms memory terms = _terms(maskSeed, timeSeed);

        bool rightful =
            store.grantable(terms) &&
                store.mayMove(patient, actor, grantee, policy, Categories.unwrap(terms.categories), terms.validUntil);
        bool succeeded = _decide(actor, abi.encodeCall(IConsentRegistry.grant, (patient, grantee, policy, terms)));

        store.judge(succeeded, true, rightful);
        if (succeeded) store.granted(patient, grantee, policy, terms);
    }

    function revoke(uint256 patientSeed, uint256 actorSeed, uint256 granteeSeed, uint256 policySeed) external {
        (address patient, address grantee, bytes32 policy) = _slot(patientSeed, granteeSeed, policySeed);
        address actor = world.decider(patient, actorSeed);

        bool rightful = store.mayMove(patient, actor, grantee, policy, 0, 0);
        bool succeeded = _decide(actor, abi.encodeCall(IConsentRegistry.revoke, (patient, grantee, policy)));

        store.judge(succeeded, true, rightful);
        if (succeeded) store.revoked(patient, grantee, policy);
    }

    function revokeAll(uint256 patientSeed, uint256 rarity) external {
        // Rarely, or nothing else would live long.
        if (rarity % 4 != 0) return;
        address patient = world.patient(patientSeed);

        bool succeeded = _decide(patient, abi.encodeCall(IConsentRegistry.revokeAll, ()));

        store.judge(succeeded, true, true);
        if (succeeded) store.revokedAll(patient);
    }

    function setDelegate(uint256 patientSeed, uint256 delegateSeed, uint256 maskSeed, uint256 timeSeed) external {
        _setDelegate(world.patient(patientSeed), world.delegate(delegateSeed), _until(timeSeed), _categories(maskSeed));
    }

    /// @notice Everybody starts with a guardian for all and a proxy for half.
    function nameDelegates() external {
        uint40 until = uint40(block.timestamp + 20 days);
        for (uint256 i; i < world.patientCount(); ++i) {
            _setDelegate(world.patients(i), world.delegates(0), until, ALL_CATEGORIES);
            _setDelegate(world.patients(i), world.delegates(1), until, Categories.wrap(2 ** 11 - 1));
        }
    }

    function _setDelegate(address patient, address delegate, uint40 until, Categories categories) internal {
        uint256 mask = Categories.unwrap(categories);
        bool rightful = until == 0 || (until > block.timestamp && mask != 0 && mask < 2 ** 21);
        bool succeeded = _decide(patient, abi.encodeCall(IConsentRegistry.setDelegate, (delegate, until, categories)));

        store.judge(succeeded, true, rightful);
        if (succeeded) store.delegated(patient, delegate, until, mask);
    }

    /// @dev Any consent, or half of the time one that was granted lately.
    function _slot(
        uint256 patientSeed,
        uint256 granteeSeed,
        uint256 policySeed
    ) internal view returns (address, address, bytes32) {
        if (policySeed % 4 < 2 || store.grantCount() == 0) {
            return (world.patient(patientSeed), world.grantee(granteeSeed), world.policy(policySeed));
        }
        ConsentStore.Slot memory slot = store.recentGrant(granteeSeed);
        return (slot.patient, slot.grantee, slot.policy);
    }

    function _decide(address actor, bytes memory data) internal returns (bool) {
        return _call(actor, address(world.CONSENTS()), data);
    }

    /// @dev Mostly grantable: a start now, soon or, now and then, past; purposes with a fault now and then.
    function _terms(uint256 maskSeed, uint256 timeSeed) internal view returns (Terms memory terms) {
        uint256 purposes = (maskSeed / 2 ** 64) % 2 ** 58;
        if (maskSeed % 16 == 15) purposes = (maskSeed / 2 ** 64) % 2 ** 80;
        terms.purposes = Purposes.wrap(uint80(purposes));
        terms.categories = _categories(maskSeed / 16);
        if (timeSeed % 4 == 1) terms.validFrom = uint40(block.timestamp + ((timeSeed / 4) % 3 days));
        if (timeSeed % 16 == 2) terms.validFrom = uint40(block.timestamp - 1);
        terms.validUntil = uint40(block.timestamp + bound(timeSeed / 16, 1, 30 days));
    }

    /// @dev An end to come, now and then one past, or none at all.
    function _until(uint256 timeSeed) internal view returns (uint40) {
        if (timeSeed % 8 == 0) return 0;
        if (timeSeed % 8 == 1) return uint40(block.timestamp);
        return uint40(block.timestamp + bound(timeSeed / 8, 1, 60 days));
    }
}
