// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Role} from "../../../contracts/types/Role.sol";
import {Calendar} from "./Calendar.sol";

/// @notice Who is licensed, who is staff, and which emergencies were opened, as the design tells it.
contract CareStore is Calendar {
    struct Licence {
        address accreditor;
        uint256 until;
        bool suspended;
    }

    struct Opening {
        uint256 openedAt;
        uint256 closesAt;
        uint256 categories;
        uint256 contestedPending;
        /// How many openings, contests and reviews there were.
        uint256 moves;
    }

    struct Case {
        address patient;
        address clinician;
        uint256 openedAt;
        address countersigner;
        bool reviewed;
        bool contested;
    }

    struct Preference {
        bool isSet;
        uint256 categories;
        uint256 moves;
    }

    uint256 internal constant DURATION = 4 * 3600;

    uint256 internal constant RESTRICTED = 20;

    /// @notice Emergencies opened, reviewed, contested or preferred by somebody who may not.
    uint256 public trespassed;

    /// @notice Countersignatures and preferences that worked after what they were signed against had moved.
    uint256 public resurrected;

    /// @notice Accesses logged for another, and logged without permission.
    uint256 public framed;
    uint256 public unpermitted;

    /// @notice Successful logs that did not leave exactly the one event that tells what was asked.
    uint256 public misreported;

    /// @notice What was refused although nothing stood against it.
    uint256 public refused;

    Case[] internal _cases;

    mapping(Role role => mapping(address accreditor => bool)) public isAccreditor;
    mapping(address participant => mapping(Role role => Licence)) internal _licences;
    mapping(address organisation => mapping(address member => uint256)) public memberUntil;
    mapping(address patient => mapping(address clinician => Opening)) internal _openings;
    mapping(address clinician => uint256) public unreviewedOf;
    mapping(address patient => Preference) internal _preferences;

    /* WHAT HAPPENED */

    function appointed(Role role, address accreditor, bool allowed) external {
        isAccreditor[role][accreditor] = allowed;
    }

    function accredited(address participant, Role role, address accreditor, uint256 until) external {
        _licences[participant][role] = Licence({accreditor: accreditor, until: until, suspended: false});
        _mark(until);
    }

    function suspended(address participant, Role role, bool isSuspended) external {
        _licences[participant][role].suspended = isSuspended;
    }

    function struckOff(address participant, Role role) external {
        delete _licences[participant][role];
    }

    function hired(address organisation, address member, uint256 until) external {
        memberUntil[organisation][member] = until;
        _mark(until);
    }

    function opened(address patient, address clinician, address countersigner) external {
        Opening storage opening = _openings[patient][clinician];
        ++opening.moves;
        opening.openedAt = block.timestamp;
        opening.closesAt = block.timestamp + DURATION;
        opening.categories = coveredCategories(patient);
        _cases.push(
            Case({
                patient: patient,
                clinician: clinician,
                openedAt: block.timestamp,
                countersigner: countersigner,
                reviewed: false,
                contested: false
            })
        );
        ++unreviewedOf[clinician];
        _mark(opening.closesAt);
    }

    function reviewed(uint256 index, bool justified) external {
        Case storage reviewedCase = _cases[index];
        Opening storage opening = _openings[reviewedCase.patient][reviewedCase.clinician];
        reviewedCase.reviewed = true;
        ++opening.moves;
        --unreviewedOf[reviewedCase.clinician];
        if (reviewedCase.contested) --opening.contestedPending;
        if (!justified && opening.openedAt == reviewedCase.openedAt) _close(opening);
    }

    function contested(uint256 index) external {
        Case storage contestedCase = _cases[index];
        Opening storage opening = _openings[contestedCase.patient][contestedCase.clinician];
        contestedCase.contested = true;
        ++opening.moves;
        if (!contestedCase.reviewed) ++opening.contestedPending;
        _close(opening);
    }

    function preferred(address patient, uint256 categories) external {
        Preference storage preference = _preferences[patient];
        preference.isSet = true;
        preference.categories = categories;
        ++preference.moves;
    }

    /// @param fresh Nothing moved that the act was based on; true for what is done on the spot.
    function judge(bool succeeded, bool fresh, bool rightful) external {
        if (succeeded && !fresh) ++resurrected;
        if (succeeded && !rightful) ++trespassed;
        if (!succeeded && fresh && rightful) ++refused;
    }

    function judgeAccess(bool succeeded, bool ownOrStaff, bool permitted) external {
        if (succeeded && !ownOrStaff) ++framed;
        if (succeeded && !permitted) ++unpermitted;
        if (!succeeded && ownOrStaff && permitted) ++refused;
    }

    function misreport() external {
        ++misreported;
    }

    /* WHAT HOLDS */

    function isLive(address participant, Role role) public view returns (bool) {
        Licence memory licence = _licences[participant][role];
        return block.timestamp < licence.until && !licence.suspended && isAccreditor[role][licence.accreditor];
    }

    function licenceOf(address participant, Role role) external view returns (Licence memory) {
        return _licences[participant][role];
    }

    /// @notice Whether an accreditor may issue a licence, or another holds the participant's and still answers for it.
    function mayAccredit(address accreditor, address participant, Role role) external view returns (bool) {
        Licence memory licence = _licences[participant][role];
        bool counts = licence.suspended || block.timestamp < licence.until;
        bool taken = licence.accreditor != accreditor && counts && isAccreditor[role][licence.accreditor];
        return isAccreditor[role][accreditor] && !taken;
    }

    function actsFor(address actor, address organisation) external view returns (bool) {
        return actor == organisation || block.timestamp < memberUntil[organisation][actor];
    }

    function coveredCategories(address patient) public view returns (uint256) {
        Preference memory preference = _preferences[patient];
        return preference.isSet ? preference.categories : 2 ** RESTRICTED - 1;
    }

    function preferenceMoves(address patient) external view returns (uint256) {
        return _preferences[patient].moves;
    }

    /// @notice Whether a clinician may open a patient's records, countersigned if need be.
    function mayOpen(address patient, address clinician) external view returns (bool) {
        return
            isLive(clinician, Role.Practitioner) &&
            coveredCategories(patient) != 0 &&
            _openings[patient][clinician].openedAt != block.timestamp;
    }

    function openingOf(address patient, address clinician) external view returns (Opening memory) {
        return _openings[patient][clinician];
    }

    function isOpen(address patient, address clinician, uint256 categories) external view returns (bool) {
        Opening memory opening = _openings[patient][clinician];
        bool covered = categories != 0 && opening.categories | categories == opening.categories;
        return covered && block.timestamp < opening.closesAt && isLive(clinician, Role.Practitioner);
    }

    /// @notice Whether a case is the last between the two, and its time not over.
    function isStillOpen(uint256 index) external view returns (bool) {
        Opening memory opening = _openings[_cases[index].patient][_cases[index].clinician];
        return opening.openedAt == _cases[index].openedAt && block.timestamp < opening.closesAt;
    }

    function caseCount() external view returns (uint256) {
        return _cases.length;
    }

    /// @notice Mostly a case that still waits for a verdict. There must be a case.
    function caseToReview(uint256 seed) external view returns (uint256) {
        uint256 count = _cases.length;
        uint256 start = (seed / 8) % count;
        for (uint256 i; i < count && seed % 8 != 0; ++i) {
            uint256 index = (start + i) % count;
            if (!_cases[index].reviewed) return index;
        }
        return start;
    }

    /// @notice Mostly a case nobody contested yet. There must be a case.
    function caseToContest(uint256 seed) external view returns (uint256) {
        uint256 count = _cases.length;
        uint256 start = (seed / 8) % count;
        for (uint256 i; i < count && seed % 8 != 0; ++i) {
            uint256 index = (start + i) % count;
            if (!_cases[index].contested) return index;
        }
        return start;
    }

    /// @notice Mostly one of the last few, where something is still to happen. There must be a case.
    function recentCase(uint256 seed) external view returns (uint256) {
        uint256 count = _cases.length;
        return seed % 4 == 0 || count < 4 ? (seed / 4) % count : count - 1 - ((seed / 4) % 4);
    }

    function caseAt(uint256 index) external view returns (Case memory) {
        return _cases[index];
    }

    function _close(Opening storage opening) internal {
        if (opening.closesAt > block.timestamp) opening.closesAt = block.timestamp;
    }
}
