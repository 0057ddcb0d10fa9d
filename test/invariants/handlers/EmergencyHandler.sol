// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IEmergencyAccess} from "../../../contracts/consent/interfaces/IEmergencyAccess.sol";
import {Authorization} from "../../../contracts/types/Authorization.sol";
import {Categories} from "../../../contracts/types/Categories.sol";
import {Role} from "../../../contracts/types/Role.sol";
import {Messages} from "../Messages.sol";
import {World} from "../World.sol";
import {CareStore} from "../stores/CareStore.sol";
import {ConsentStore} from "../stores/ConsentStore.sol";
import {Handler} from "./Handler.sol";

/// @notice The glass is broken, and what follows.
contract EmergencyHandler is Handler {
    CareStore internal store;

    ConsentStore internal consents;

    constructor(World inhabited, CareStore care, ConsentStore given) Handler(inhabited) {
        store = care;
        consents = given;
    }

    function actions() external pure virtual override returns (bytes4[] memory selectors) {
        selectors = new bytes4[](5);
        selectors[0] = this.open.selector;
        selectors[1] = this.review.selector;
        selectors[2] = this.contest.selector;
        selectors[3] = this.contestBySig.selector;
        selectors[4] = this.setPreference.selector;
    }

    function open(uint256 patientSeed, uint256 clinicianSeed) external {
        address patient = world.patient(patientSeed);
        address clinician = _opener(clinicianSeed);

        bool alone = store.unreviewedOf(clinician) < 3 && store.openingOf(patient, clinician).contestedPending == 0;
        bool rightful = alone && store.mayOpen(patient, clinician);
        bool succeeded = _act(clinician, abi.encodeCall(IEmergencyAccess.open, (patient, 0)));

        store.judge(succeeded, true, rightful);
        if (succeeded) store.opened(patient, clinician, address(0));
    }

    function review(uint256 caseSeed, uint256 officerSeed, uint256 verdict) external {
        if (store.caseCount() == 0) return;
        uint256 index = store.caseToReview(caseSeed);
        CareStore.Case memory reviewed = store.caseAt(index);
        address officer = officerSeed % 8 == 0 ? world.anyone(officerSeed / 8) : world.officer(officerSeed);
        bool justified = verdict % 2 == 0;

        bool rightful =
            !reviewed.reviewed &&
                (!justified || !store.isStillOpen(index)) &&
                officer != reviewed.patient &&
                officer != reviewed.clinician &&
                officer != reviewed.countersigner &&
                store.isLive(officer, Role.PrivacyOfficer);
        bool succeeded = _act(
            officer,
            abi.encodeCall(
                IEmergencyAccess.review,
                (reviewed.patient, reviewed.clinician, uint40(reviewed.openedAt), justified, 0)
            )
        );

        store.judge(succeeded, true, rightful);
        if (succeeded) store.reviewed(index, justified);
    }

    function contest(uint256 caseSeed, uint256 actorSeed, uint256 rarity) external {
        if (store.caseCount() == 0 || rarity % 2 == 0) return;
        uint256 index = store.caseToContest(caseSeed);
        CareStore.Case memory contested = store.caseAt(index);
        address actor = world.decider(contested.patient, actorSeed);
        bytes memory data = abi.encodeCall(
            IEmergencyAccess.contest,
            (contested.patient, contested.clinician, uint40(contested.openedAt))
        );
        _contest(index, contested, actor, actor, data);
    }

    function contestBySig(uint256 caseSeed, uint256 actorSeed, uint256 relayerSeed, uint256 rarity) external {
        if (store.caseCount() == 0 || rarity % 2 == 0) return;
        uint256 index = store.caseToContest(caseSeed);
        CareStore.Case memory contested = store.caseAt(index);
        address actor = world.decider(contested.patient, actorSeed);
        uint40 openedAt = uint40(contested.openedAt);
        bytes32 digest = Messages.contest(
            address(world.EMERGENCIES()),
            contested.patient,
            contested.clinician,
            openedAt,
            block.timestamp
        );
        bytes memory data = abi.encodeCall(
            IEmergencyAccess.contestBySig,
            (
                contested.patient,
                contested.clinician,
                openedAt,
                Authorization(actor, block.timestamp),
                world.sign(actor, digest)
            )
        );
        _contest(index, contested, actor, world.anyone(relayerSeed), data);
    }

    function setPreference(uint256 patientSeed, uint256 actorSeed, uint256 maskSeed) external {
        address patient = world.patient(patientSeed);
        address actor = world.decider(patient, actorSeed);
        // Now and then the patient opts out.
        Categories categories = maskSeed % 16 == 0 ? Categories.wrap(0) : _categories(maskSeed / 16);
        uint256 mask = Categories.unwrap(categories);

        bool rightful = _mayPrefer(patient, actor, mask);
        bool succeeded = _act(actor, abi.encodeCall(IEmergencyAccess.setPreference, (patient, categories)));

        store.judge(succeeded, true, rightful);
        if (succeeded) store.preferred(patient, mask);
    }

    function _contest(
        uint256 index,
        CareStore.Case memory contested,
        address actor,
        address caller,
        bytes memory data
    ) internal {
        uint256 covered = store.openingOf(contested.patient, contested.clinician).categories;
        bool rightful = !contested.contested && consents.mayDecide(contested.patient, actor, covered);
        bool succeeded = _act(caller, data);

        store.judge(succeeded, true, rightful);
        if (succeeded) store.contested(index);
    }

    function _mayPrefer(address patient, address actor, uint256 mask) internal view returns (bool) {
        return mask < 2 ** 21 && consents.mayDecide(patient, actor, mask | store.coveredCategories(patient));
    }

    function _opener(uint256 seed) internal view returns (address) {
        return seed % 16 == 0 ? world.anyone(seed / 16) : world.clinician(seed);
    }

    function _act(address actor, bytes memory data) internal returns (bool) {
        return _call(actor, address(world.EMERGENCIES()), data);
    }
}
