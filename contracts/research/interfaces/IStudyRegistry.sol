// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Categories} from "../../types/Categories.sol";
import {Purpose} from "../../types/Purpose.sol";
import {StudyId, StudyKey} from "../../types/Study.sol";

/// @notice How far a study has come. The order is part of the ABI: append only.
enum StudyStatus {
    None,
    /// Waits for a board.
    Proposed,
    /// Approved by its board.
    Approved,
    /// Stopped by its board: nobody enrols or contributes; what is owed stays payable.
    Suspended
}

/// @notice What a study asks, promises and pays. Times in Unix seconds, amounts in token units. Six slots.
struct StudyTerms {
    /// The investigator organisation that receives the data: the grantee of every consent.
    address steward;
    /// The purpose of use every consent must cover.
    Purpose purpose;
    /// What is contributed; every consent must cover all of it to enrol.
    Categories categories;
    /// The first second nobody enrols any more.
    uint40 enrolUntil;
    /// The salted digest of the consent form: the policy of every consent.
    bytes32 form;
    /// What a contribution earns.
    uint96 reward;
    /// The most a participant earns.
    uint96 cap;
    /// How many participants enrol at most.
    uint24 capacity;
    /// The first second nothing is contributed or recorded any more.
    uint40 endsAt;
    /// The ERC-20 rewards are paid in. Never amended.
    address token;
    /// What a milestone, such as a visit, earns.
    uint96 milestoneReward;
    /// The salted digest of protocol and analysis plan.
    bytes32 protocol;
    /// How many milestones there are, at most 32.
    uint8 milestones;
    /// From when the sponsor may take back what nobody earned. Not before `endsAt`.
    uint40 refundAt;
    /// When the results are due.
    uint40 resultsDue;
}

/// @notice A study as it stands. Two slots.
struct StudyState {
    address sponsor;
    /// The first second the approval no longer counts, in Unix seconds.
    uint40 approvedUntil;
    /// Moves with every approval of other terms; what is funded is funded for one version.
    uint16 version;
    StudyStatus status;
    /// Whether the sponsor ended recruiting.
    bool closed;
    /// How many may still enrol: none before it is funded for its terms.
    uint24 seatsLeft;
    /// Whose approval it has, or needs again.
    address board;
    /// When results were published, in Unix seconds; zero when they were not.
    uint40 resultsAt;
    /// How many enrolled, and may still.
    uint24 seats;
}

/// @title IStudyRegistry
/// @notice Studies: proposed by researchers, approved by unrelated ethics boards, on exactly the terms people consent to.
interface IStudyRegistry {
    /// @notice A study was proposed, or its sponsor asks to amend it.
    /// @param id The hash of its key.
    /// @param sponsor Whose study.
    /// @param registration Its public number.
    /// @param terms What a board is asked to approve.
    /// @param termsHash Their hash: what the approval names.
    /// @param actor Who acted for the sponsor.
    event StudyProposed(
        StudyId indexed id,
        address indexed sponsor,
        bytes32 indexed registration,
        StudyTerms terms,
        bytes32 termsHash,
        address actor
    );

    /// @notice A board approved a study's terms, until a time.
    /// @param id The study.
    /// @param board Which board.
    /// @param termsHash What it approved.
    /// @param until The first second the approval no longer counts, in Unix seconds.
    /// @param version The version that makes of the study.
    /// @param actor Who acted for the board.
    event StudyApproved(
        StudyId indexed id,
        address indexed board,
        bytes32 termsHash,
        uint40 until,
        uint16 version,
        address actor
    );

    /// @notice An approval ended before its time: its board, or the sponsor, lost its licence.
    /// @param id The study.
    /// @param actor Who said so.
    event ApprovalEnded(StudyId indexed id, address actor);

    /// @notice The board suspended a study, or let it go on.
    /// @param id The study.
    /// @param board Which board.
    /// @param suspended Whether it is suspended now.
    /// @param reasons The digest of the reasons.
    /// @param actor Who acted for the board.
    event StudySuspensionSet(StudyId indexed id, address indexed board, bool suspended, bytes32 reasons, address actor);

    /// @notice The sponsor ended recruiting.
    /// @param id The study.
    /// @param actor Who acted for the sponsor.
    event RecruitingClosed(StudyId indexed id, address actor);

    /// @notice The sponsor published results.
    /// @param id The study.
    /// @param results The digest of the results.
    /// @param lateBy How late they are, in seconds; zero when they are in time.
    /// @param actor Who acted for the sponsor.
    event ResultsPublished(StudyId indexed id, bytes32 results, uint40 lateBy, address actor);

    /// @notice The sponsor is no licensed researcher, or the caller does not act for it.
    error SponsorUnauthorized(address sponsor, address caller);
    /// @notice The board is no licensed ethics board, the caller does not act for it, or one of them is of the sponsor's or
    /// the steward's: a study's own board may prolong and suspend all the same.
    error BoardUnauthorized(address board, address caller);
    /// @notice There is no such study.
    error StudyUnknown(StudyId id);
    /// @notice The terms contradict themselves, or lack something: `field` says where.
    error StudyTermsInvalid(bytes32 field);
    /// @notice Rewards stay in the token that was approved first.
    error StudyTokenFixed(address token);
    /// @notice The approval is for other terms than those that are proposed.
    error ApprovalMismatch(bytes32 proposed, bytes32 approved);
    /// @notice An approval ends in the future, and is not ended twice.
    error ApprovalEndPast(uint40 until);
    /// @notice The board that approved the study approves its amendments, as long as it is licensed.
    error ApprovalOfAnother(address board, address other);
    /// @notice Sponsor and board are licensed, so the approval ends when it says.
    error ApprovalStands(StudyId id, address board);
    /// @notice The study's status does not allow it.
    error StudyStatusInvalid(StudyId id, StudyStatus status);
    /// @notice Nobody enrols in this study now: it is not approved, suspended, closed or past its time.
    error StudyNotRecruiting(StudyId id);
    /// @notice Nothing is contributed to this study now: it is not approved, suspended or past its time.
    error StudyNotRunning(StudyId id);
    /// @notice There is no digest of any results.
    error ResultsMissing(StudyId id);
    /// @notice Results were published already.
    error ResultsExist(StudyId id);

    /// @notice Proposes a study, or asks to amend it: what was approved stays in force until a board approves anew.
    /// @dev Errors: `SponsorUnauthorized`, `StudyTermsInvalid`, `StudyTokenFixed`.
    /// @param key Its sponsor, a licensed Researcher whom the caller is or acts for, and its registration number.
    /// @param terms What a board is asked to approve. An amendment has a form that was never in force, so that everybody
    /// consents again, the same token, and no lower cap.
    function propose(StudyKey calldata key, StudyTerms calldata terms) external;

    /// @notice Approves exactly the terms that are proposed, or prolongs those in force. By a licensed EthicsBoard unrelated
    /// to the sponsor, and not the steward; once a study has a board, by that one, or by another when that has no licence.
    /// @dev A suspended study stays suspended under another board. Nobody is credited under amended terms before as many as
    /// enrolled could earn all. Errors: `StudyUnknown`, `SponsorUnauthorized`, `BoardUnauthorized`, `ApprovalOfAnother`,
    /// `StudyStatusInvalid` (its own suspension ends first), `ApprovalMismatch`, `ApprovalEndPast`, `StudyTermsInvalid`
    /// (`dates`: they ended meanwhile; `cap`: those enrolled could earn more than an amount holds).
    /// @param id The study.
    /// @param board The board the caller is, or acts for.
    /// @param termsHash `keccak256(abi.encode(terms))`.
    /// @param until The first second the approval no longer counts, in Unix seconds.
    function approve(StudyId id, address board, bytes32 termsHash, uint40 until) external;

    /// @notice Ends an approval whose board, or whose study's sponsor, is not licensed any more. By anyone.
    /// @dev Nobody enrols in it or contributes to it from then on. Errors: `StudyUnknown`, `ApprovalEndPast`,
    /// `ApprovalStands`.
    /// @param id The study.
    function endApproval(StudyId id) external;

    /// @notice Suspends a study, or lets it go on. By its board; to go on, by somebody who is not of the sponsor's.
    /// @dev Errors: `StudyStatusInvalid`, `BoardUnauthorized`.
    /// @param id The study.
    /// @param suspended Whether it is suspended.
    /// @param reasons The digest of the reasons.
    function setSuspended(StudyId id, bool suspended, bytes32 reasons) external;

    /// @notice Ends recruiting for good; those enrolled go on. By the sponsor.
    /// @dev Errors: `StudyUnknown`, `SponsorUnauthorized`, `StudyStatusInvalid` (it was never approved).
    /// @param key The study.
    function close(StudyKey calldata key) external;

    /// @notice Publishes the digest of the results, once. By the sponsor, licensed or not.
    /// @dev Errors: `StudyUnknown`, `StudyStatusInvalid`, `SponsorUnauthorized`, `ResultsMissing`, `ResultsExist`.
    /// @param key The study.
    /// @param results The digest of the results.
    function publishResults(StudyKey calldata key, bytes32 results) external;

    /// @notice A study as it stands.
    /// @param id The study.
    /// @return The study; all zero when there is none.
    function studyOf(StudyId id) external view returns (StudyState memory);

    /// @notice The terms in force: those approved last.
    /// @param id The study.
    /// @return The terms; all zero before the first approval.
    function termsOf(StudyId id) external view returns (StudyTerms memory);

    /// @notice The hash of the terms that wait for approval.
    /// @param id The study.
    /// @return Their hash; zero when none wait.
    function proposedHashOf(StudyId id) external view returns (bytes32);
}
