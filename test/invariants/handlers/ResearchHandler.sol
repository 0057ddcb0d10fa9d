// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IConsentRegistry, Terms} from "../../../contracts/consent/interfaces/IConsentRegistry.sol";
import {StudyTerms} from "../../../contracts/research/interfaces/IStudyRegistry.sol";
import {Participation} from "../../../contracts/research/interfaces/IStudyRewards.sol";
import {StudyRewards} from "../../../contracts/research/StudyRewards.sol";
import {Categories} from "../../../contracts/types/Categories.sol";
import {Purposes} from "../../../contracts/types/Purpose.sol";
import {Role} from "../../../contracts/types/Role.sol";
import {vm} from "../../Vm.sol";
import {ResearchWorld} from "../ResearchWorld.sol";
import {StudyStore} from "../stores/StudyStore.sol";
import {Handler} from "./Handler.sol";

/// @notice What all who study, approve and take part have in common: mostly those who may.
abstract contract ResearchHandler is Handler {
    ResearchWorld internal immutable RESEARCH;
    StudyRewards internal immutable STUDIES;

    StudyStore internal store;

    constructor(ResearchWorld inhabited, StudyStore studies) Handler(inhabited) {
        RESEARCH = inhabited;
        STUDIES = inhabited.STUDIES();
        store = studies;
    }

    /// @dev Keeps the reason of a refusal.
    function _act(address caller, bytes memory data) internal returns (bool succeeded) {
        bytes memory outcome;
        vm.prank(caller);
        (succeeded, outcome) = address(STUDIES).call(data);
        if (!succeeded) store.refuse(bytes4(outcome));
        _count(succeeded);
    }

    /// @dev To what the study asks, for a time; not before it has a steward.
    function _consent(address patient, StudyTerms memory terms, uint40 time) internal returns (bool succeeded) {
        if (terms.steward == address(0)) return false;
        Terms memory agreed = Terms({
            purposes: Purposes.wrap(uint80(1 << RESEARCH.RESEARCH_BIT())),
            categories: terms.categories,
            validFrom: 0,
            validUntil: uint40(block.timestamp) + time
        });
        bytes memory data = abi.encodeCall(IConsentRegistry.grant, (patient, terms.steward, terms.form, agreed));
        address registry = address(world.CONSENTS());
        vm.prank(patient);
        (succeeded, ) = registry.call(data);
    }

    /// @dev Now and then all is asked for twice in one transaction, which never works.
    function _twice(bytes memory data, uint256 seed) internal pure returns (bytes memory, bool isTwice) {
        if (seed % 8 != 0) return (data, false);
        bytes[] memory batch = new bytes[](2);
        (batch[0], batch[1]) = (data, data);
        return (abi.encodeCall(StudyRewards(address(0)).multicall, (batch)), true);
    }

    /// @dev Mostly the organisation itself or its staff; now and then another.
    function _caller(address organisation, uint256 seed) internal view returns (address) {
        uint256 choice = seed % 24;
        if (choice == 0) return world.anyone(seed / 24);
        if (choice == 1) return RESEARCH.sponsor(seed / 24);
        if (choice == 2) return RESEARCH.board(seed / 24);
        if (choice == 3) return RESEARCH.steward(seed / 24);
        if (choice == 4) return RESEARCH.MONITOR();
        if (choice == 5) return RESEARCH.COORDINATOR();
        return choice == 6 ? RESEARCH.SECRETARY() : organisation;
    }

    function _actsFor(address actor, address organisation) internal view returns (bool) {
        return store.actsFor(actor, organisation);
    }

    function _isLive(address participant, Role role) internal view returns (bool) {
        return RESEARCH.ACCREDITATION().isLive(participant, role);
    }

    /// @dev Mostly somebody enrolled.
    function _participant(uint256 study, uint256 seed) internal view returns (address) {
        return seed % 8 == 0 ? world.patient(seed / 8) : store.find(study, seed / 8, Participation.Enrolled);
    }

    /// @dev Whether the steward has a live consent of theirs, under the form in force.
    function _permits(address patient, StudyTerms memory terms, Categories categories) internal view returns (bool) {
        return world.CONSENTS().permits(patient, terms.steward, terms.form, terms.purpose, categories);
    }
}
