// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IAccreditation} from "../accreditation/interfaces/IAccreditation.sol";
import {IStudyRegistry, StudyState, StudyStatus, StudyTerms} from "./interfaces/IStudyRegistry.sol";
import {ALL_PURPOSES, BREAK_THE_GLASS} from "../types/Purpose.sol";
import {Role} from "../types/Role.sol";
import {StudyId, StudyKey} from "../types/Study.sol";

/// @notice All studies: how they stand, the terms in force, and the terms that wait for a board.
struct Studies {
    mapping(StudyId id => StudyState) states;
    mapping(StudyId id => StudyTerms) terms;
    mapping(StudyId id => StudyTerms) proposed;
    /// Every form that was ever in force, so that no consent to an earlier one counts again.
    mapping(StudyId id => mapping(bytes32 form => bool)) isUsed;
}

/// @title Proposals
/// @notice What sponsors propose, and boards approve and suspend. Linked, because a contract that also keeps the books would be too big.
library Proposals {
    /* CONSTANTS */

    /// @notice How many milestones a study has at most: a bit each.
    uint8 internal constant MAX_MILESTONES = 32;

    /* ACTIONS */

    /// @notice Proposes a study, or asks to amend it.
    /// @param studies All studies.
    /// @param accreditation Who is licensed.
    /// @param key Its sponsor and registration number.
    /// @param terms What a board is asked to approve.
    function propose(
        Studies storage studies,
        IAccreditation accreditation,
        StudyKey calldata key,
        StudyTerms calldata terms
    ) external {
        StudyId id = key.toId();
        require(
            accreditation.mayAct(msg.sender, key.sponsor, Role.Researcher),
            IStudyRegistry.SponsorUnauthorized(key.sponsor, msg.sender)
        );
        _requireSound(terms);
        StudyState storage study = studies.states[id];
        if (study.version == 0) {
            study.sponsor = key.sponsor;
            study.status = StudyStatus.Proposed;
        } else {
            StudyTerms storage inForce = studies.terms[id];
            require(terms.token == inForce.token, IStudyRegistry.StudyTokenFixed(inForce.token));
            require(!studies.isUsed[id][terms.form], IStudyRegistry.StudyTermsInvalid("form"));
            // What is funded must never fall short of what was earned.
            require(terms.cap >= inForce.cap, IStudyRegistry.StudyTermsInvalid("cap"));
        }

        studies.proposed[id] = terms;

        emit IStudyRegistry.StudyProposed(
            id,
            key.sponsor,
            key.registration,
            terms,
            keccak256(abi.encode(terms)),
            msg.sender
        );
    }

    /// @notice Approves exactly the terms that are proposed, or prolongs what was approved.
    /// @param studies All studies.
    /// @param accreditation Who is licensed.
    /// @param id The study.
    /// @param board The board the caller is, or acts for.
    /// @param termsHash The hash of the terms.
    /// @param until The first second the approval no longer counts, in Unix seconds.
    function approve(
        Studies storage studies,
        IAccreditation accreditation,
        StudyId id,
        address board,
        bytes32 termsHash,
        uint40 until
    ) external {
        StudyState memory study = studies.states[id];
        require(study.sponsor != address(0), IStudyRegistry.StudyUnknown(id));
        require(
            accreditation.isLive(study.sponsor, Role.Researcher),
            IStudyRegistry.SponsorUnauthorized(study.sponsor, study.sponsor)
        );
        require(
            accreditation.mayAct(msg.sender, board, Role.EthicsBoard),
            IStudyRegistry.BoardUnauthorized(board, msg.sender)
        );
        if (study.board == board) {
            // Going on after a suspension is a decision of its own.
            require(study.status != StudyStatus.Suspended, IStudyRegistry.StudyStatusInvalid(id, study.status));
        } else {
            require(
                !accreditation.isLive(study.board, Role.EthicsBoard),
                IStudyRegistry.ApprovalOfAnother(study.board, board)
            );
        }
        require(until > block.timestamp, IStudyRegistry.ApprovalEndPast(until));
        // What waits, and the board may not want, must not keep it from prolonging what is in force.
        bool isProlonged = study.version != 0 && termsHash == keccak256(abi.encode(studies.terms[id]));
        if (!isProlonged) _adopt(studies, id, study, termsHash);
        // Naming a board its staff takes the sponsor alone, and must not keep the study's own board from prolonging.
        require(
            (isProlonged && study.board == board) ||
                (_isUnrelated(accreditation, board, study.sponsor) && studies.terms[id].steward != board),
            IStudyRegistry.BoardUnauthorized(board, msg.sender)
        );
        study.board = board;
        study.approvedUntil = until;
        // Another board may take a suspended study over, but lets it go on by a decision of its own, too.
        if (study.status != StudyStatus.Suspended) study.status = StudyStatus.Approved;
        studies.states[id] = study;

        emit IStudyRegistry.StudyApproved(id, board, termsHash, until, study.version, msg.sender);
    }

    /// @notice Suspends a study, or lets it go on.
    /// @param studies All studies.
    /// @param accreditation Who is licensed.
    /// @param id The study.
    /// @param suspended Whether it is suspended.
    /// @param reasons The digest of the reasons.
    function setSuspended(
        Studies storage studies,
        IAccreditation accreditation,
        StudyId id,
        bool suspended,
        bytes32 reasons
    ) external {
        StudyState storage study = studies.states[id];
        address board = study.board;
        require(
            study.status == (suspended ? StudyStatus.Approved : StudyStatus.Suspended),
            IStudyRegistry.StudyStatusInvalid(id, study.status)
        );
        require(
            accreditation.mayAct(msg.sender, board, Role.EthicsBoard) &&
                (suspended || !accreditation.actsFor(msg.sender, study.sponsor)),
            IStudyRegistry.BoardUnauthorized(board, msg.sender)
        );

        study.status = suspended ? StudyStatus.Suspended : StudyStatus.Approved;

        emit IStudyRegistry.StudySuspensionSet(id, board, suspended, reasons, msg.sender);
    }

    /// @notice Ends an approval whose board or sponsor is not licensed any more.
    /// @param studies All studies.
    /// @param accreditation Who is licensed.
    /// @param id The study.
    function endApproval(Studies storage studies, IAccreditation accreditation, StudyId id) external {
        StudyState storage study = studies.states[id];
        address board = study.board;
        require(board != address(0), IStudyRegistry.StudyUnknown(id));
        require(block.timestamp < study.approvedUntil, IStudyRegistry.ApprovalEndPast(study.approvedUntil));
        require(
            !accreditation.isLive(board, Role.EthicsBoard) || !accreditation.isLive(study.sponsor, Role.Researcher),
            IStudyRegistry.ApprovalStands(id, board)
        );

        study.approvedUntil = uint40(block.timestamp);

        emit IStudyRegistry.ApprovalEnded(id, msg.sender);
    }

    /* VIEWS */

    /// @notice The hash of the terms that wait for approval.
    /// @param studies All studies.
    /// @param id The study.
    /// @return Their hash; zero when none wait.
    function proposedHashOf(Studies storage studies, StudyId id) public view returns (bytes32) {
        StudyTerms memory terms = studies.proposed[id];
        return terms.steward == address(0) ? bytes32(0) : keccak256(abi.encode(terms));
    }

    /* INTERNAL */

    /// @dev Puts the proposed terms in force.
    function _adopt(Studies storage studies, StudyId id, StudyState memory study, bytes32 termsHash) internal {
        StudyTerms memory terms = studies.proposed[id];
        bytes32 proposed = proposedHashOf(studies, id);
        require(proposed != 0 && termsHash == proposed, IStudyRegistry.ApprovalMismatch(proposed, termsHash));
        // Both may have changed since they were proposed.
        require(block.timestamp < terms.endsAt, IStudyRegistry.StudyTermsInvalid("dates"));
        uint24 enrolled = study.seats - study.seatsLeft;
        require(uint256(terms.cap) * enrolled <= type(uint96).max, IStudyRegistry.StudyTermsInvalid("cap"));

        studies.terms[id] = terms;
        studies.isUsed[id][terms.form] = true;
        delete studies.proposed[id];
        ++study.version;
        // Nobody enrols before these terms are funded.
        (study.seats, study.seatsLeft) = (enrolled, 0);
    }

    /// @dev Neither is the other, or on its staff; nor does the caller act for both.
    function _isUnrelated(IAccreditation accreditation, address board, address sponsor) internal view returns (bool) {
        return
            !accreditation.actsFor(board, sponsor) &&
            !accreditation.actsFor(sponsor, board) &&
            !accreditation.actsFor(msg.sender, sponsor);
    }

    function _requireSound(StudyTerms calldata terms) internal view {
        require(terms.steward != address(0), IStudyRegistry.StudyTermsInvalid("steward"));
        require(terms.form != 0, IStudyRegistry.StudyTermsInvalid("form"));
        require(terms.protocol != 0, IStudyRegistry.StudyTermsInvalid("protocol"));
        require(
            terms.purpose.isIn(ALL_PURPOSES) && !(terms.purpose == BREAK_THE_GLASS),
            IStudyRegistry.StudyTermsInvalid("purpose")
        );
        require(terms.categories.areKnown(), IStudyRegistry.StudyTermsInvalid("categories"));
        require(terms.token.code.length != 0, IStudyRegistry.StudyTermsInvalid("token"));
        require(terms.capacity != 0, IStudyRegistry.StudyTermsInvalid("capacity"));
        require(
            terms.cap != 0 && terms.reward <= terms.cap && terms.milestoneReward <= terms.cap,
            IStudyRegistry.StudyTermsInvalid("cap")
        );
        require(uint256(terms.cap) * terms.capacity <= type(uint96).max, IStudyRegistry.StudyTermsInvalid("cap"));
        require(terms.milestones <= MAX_MILESTONES, IStudyRegistry.StudyTermsInvalid("milestones"));
        require(
            block.timestamp < terms.endsAt && terms.enrolUntil <= terms.endsAt && terms.endsAt <= terms.refundAt,
            IStudyRegistry.StudyTermsInvalid("dates")
        );
    }
}
