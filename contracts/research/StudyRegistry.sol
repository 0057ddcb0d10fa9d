// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IAccreditation} from "../accreditation/interfaces/IAccreditation.sol";
import {IStudyRegistry, StudyState, StudyStatus, StudyTerms} from "./interfaces/IStudyRegistry.sol";
import {Proposals, Studies} from "./Proposals.sol";
import {StudyId, StudyKey} from "../types/Study.sol";

/// @title StudyRegistry
/// @notice Studies: proposed by researchers, approved by unrelated ethics boards, on exactly the terms people consent to.
abstract contract StudyRegistry is IStudyRegistry {
    /* IMMUTABLES */

    /// @notice Who is licensed.
    IAccreditation public immutable ACCREDITATION;

    /* STORAGE */

    Studies internal _studies;

    /* CONSTRUCTOR */

    constructor(IAccreditation accreditation) {
        ACCREDITATION = accreditation;
    }

    /* SPONSOR ACTIONS */

    /// @inheritdoc IStudyRegistry
    function propose(StudyKey calldata key, StudyTerms calldata terms) external {
        Proposals.propose(_studies, ACCREDITATION, key, terms);
    }

    /// @inheritdoc IStudyRegistry
    function close(StudyKey calldata key) external {
        StudyId id = _ownStudy(key);
        StudyState storage study = _studies.states[id];
        require(study.version != 0, StudyStatusInvalid(id, study.status));

        study.closed = true;

        emit RecruitingClosed(id, msg.sender);
    }

    /// @inheritdoc IStudyRegistry
    function publishResults(StudyKey calldata key, bytes32 results) external {
        StudyId id = _ownStudy(key);
        StudyState storage study = _studies.states[id];
        require(study.version != 0, StudyStatusInvalid(id, study.status));
        require(results != 0, ResultsMissing(id));
        require(study.resultsAt == 0, ResultsExist(id));
        uint40 due = _studies.terms[id].resultsDue;
        uint40 present = uint40(block.timestamp);

        study.resultsAt = present;

        emit ResultsPublished(id, results, present > due ? present - due : 0, msg.sender);
    }

    /* BOARD ACTIONS */

    /// @inheritdoc IStudyRegistry
    function approve(StudyId id, address board, bytes32 termsHash, uint40 until) external {
        Proposals.approve(_studies, ACCREDITATION, id, board, termsHash, until);
    }

    /// @inheritdoc IStudyRegistry
    function setSuspended(StudyId id, bool suspended, bytes32 reasons) external {
        Proposals.setSuspended(_studies, ACCREDITATION, id, suspended, reasons);
    }

    /* ANYBODY'S ACTIONS */

    /// @inheritdoc IStudyRegistry
    function endApproval(StudyId id) external {
        Proposals.endApproval(_studies, ACCREDITATION, id);
    }

    /* VIEWS */

    /// @inheritdoc IStudyRegistry
    function studyOf(StudyId id) external view returns (StudyState memory) {
        return _studies.states[id];
    }

    /// @inheritdoc IStudyRegistry
    function termsOf(StudyId id) external view returns (StudyTerms memory) {
        return _studies.terms[id];
    }

    /// @inheritdoc IStudyRegistry
    function proposedHashOf(StudyId id) external view returns (bytes32) {
        return Proposals.proposedHashOf(_studies, id);
    }

    /* INTERNAL */

    function _ownStudy(StudyKey calldata key) internal view returns (StudyId id) {
        id = key.toId();
        require(_studies.states[id].sponsor != address(0), StudyUnknown(id));
        require(_actsFor(msg.sender, key.sponsor), SponsorUnauthorized(key.sponsor, msg.sender));
    }

    /// @dev The state and terms of a study people enrol in.
    function _recruiting(StudyId id) internal view returns (StudyState storage study, StudyTerms storage terms) {
        (study, terms) = (_studies.states[id], _studies.terms[id]);
        require(_isApproved(study) && !study.closed && block.timestamp < terms.enrolUntil, StudyNotRecruiting(id));
    }

    /// @dev The state and terms of a study that credits its participants.
    function _running(StudyId id) internal view returns (StudyState storage study, StudyTerms storage terms) {
        (study, terms) = (_studies.states[id], _studies.terms[id]);
        require(_isApproved(study) && block.timestamp < terms.endsAt, StudyNotRunning(id));
    }

    function _isApproved(StudyState storage study) internal view returns (bool) {
        return study.status == StudyStatus.Approved && block.timestamp < study.approvedUntil;
    }

    function _actsFor(address actor, address organisation) internal view returns (bool) {
        return ACCREDITATION.actsFor(actor, organisation);
    }
}
