// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Authorization} from "../../types/Authorization.sol";
import {Categories} from "../../types/Categories.sol";
import {RecordId, RecordKey} from "../../types/RecordKey.sol";
import {StudyId, StudyKey} from "../../types/Study.sol";

/// @notice Whether somebody takes part. The order is part of the ABI: append only.
enum Participation {
    None,
    Enrolled,
    /// For good: nobody enrols twice.
    Withdrawn
}

/// @notice A participant as it stands, in token units. One storage slot.
struct Participant {
    uint96 earned;
    uint96 paid;
    /// A bit for each milestone reached.
    uint32 milestones;
    Participation status;
}

/// @notice A study's money, in token units. One storage slot.
struct StudyBooks {
    /// What was paid in and not taken back.
    uint96 funded;
    /// What participants earned, paid or not.
    uint96 credited;
    /// For which version of the terms it is funded.
    uint16 version;
    /// When it was funded in full first, in Unix seconds: nobody enrolled before.
    uint40 openedAt;
}

/// @notice Where a record stands that was anchored under a root.
struct RootProof {
    /// The sha-256 of its ciphertext.
    bytes32 digest;
    /// A root its author anchored.
    bytes32 root;
    /// From the record's leaf, `(bytes32 id, bytes32 digest)` of a `StandardMerkleTree`, to the root.
    bytes32[] proof;
}

/// @title IStudyRewards
/// @notice What studies owe their participants: credited by the contract, at nobody's discretion.
interface IStudyRewards {
    /// @notice Money came in for a study's rewards.
    /// @param id The study.
    /// @param from Who paid it.
    /// @param amount In token units.
    /// @param recruiting Whether all its terms promise is there now.
    event StudyFunded(StudyId indexed id, address indexed from, uint96 amount, bool recruiting);

    /// @notice Somebody enrolled.
    /// @param id The study.
    /// @param participant Who.
    /// @param signer Who countersigned for the steward.
    event ParticipantEnrolled(StudyId indexed id, address indexed participant, address signer);

    /// @notice A participant withdrew, for good, and keeps what was earned.
    /// @param id The study.
    /// @param participant Who.
    /// @param actor The participant or delegate who decided, whoever relayed it.
    event ParticipantWithdrawn(StudyId indexed id, address indexed participant, address actor);

    /// @notice A record was contributed, and its participant credited.
    /// @param id The study.
    /// @param participant Whose record.
    /// @param record The record.
    /// @param author Who authored it.
    /// @param categories What it is of.
    /// @param reward What was credited, in token units.
    event RecordContributed(
        StudyId indexed id,
        address indexed participant,
        RecordId indexed record,
        address author,
        Categories categories,
        uint96 reward
    );

    /// @notice A participant reached a milestone, and was credited.
    /// @param id The study.
    /// @param participant Who.
    /// @param milestone Which, from zero.
    /// @param reward What was credited, in token units.
    /// @param actor Who acted for the steward.
    event MilestoneRecorded(
        StudyId indexed id,
        address indexed participant,
        uint8 milestone,
        uint96 reward,
        address actor
    );

    /// @notice The steward made a dataset of what was contributed.
    /// @param id The study.
    /// @param steward Whose dataset.
    /// @param manifest The sha-256 digest of its manifest.
    /// @param actor Who acted for the steward.
    event DatasetAnchored(StudyId indexed id, address indexed steward, bytes32 indexed manifest, address actor);

    /// @notice A participant was paid.
    /// @param id The study.
    /// @param participant Who.
    /// @param amount In token units.
    event RewardPaid(StudyId indexed id, address indexed participant, uint96 amount);

    /// @notice The sponsor took back what nobody earned.
    /// @param id The study.
    /// @param sponsor To whom.
    /// @param amount In token units.
    event StudyRefunded(StudyId indexed id, address indexed sponsor, uint96 amount);

    /// @notice The study's terms are not approved yet, so nobody knows what they promise.
    error StudyNotApproved(StudyId id);
    /// @notice All that this version of the terms promises is there already.
    error StudyFundedAlready(StudyId id, uint16 version);
    /// @notice All that this version of the terms promises must be there before anybody enrols; before anybody is credited,
    /// all that those enrolled can earn.
    error StudyUnderfunded(StudyId id, uint96 funded, uint16 version);
    /// @notice So many have enrolled; withdrawing does not make room.
    error StudyFull(StudyId id, uint24 seats);
    /// @notice Already enrolled, or withdrawn for good.
    error ParticipantKnown(StudyId id, address participant, Participation status);
    /// @notice Not enrolled, or withdrawn.
    error ParticipantInvalid(StudyId id, address participant, Participation status);
    /// @notice Neither the participant nor a delegate for research.
    error WithdrawalUnauthorized(address participant, address caller);
    /// @notice Whoever countersigned does not act for the study's steward.
    error StewardUnauthorized(address steward, address signer);
    /// @notice The participant has no live consent to the steward, under this form, for this.
    error ConsentMissing(address participant, address steward, bytes32 form);
    /// @notice The categories and salt are not those the record is committed to.
    error RecordCommitmentMismatch(RecordId record);
    /// @notice The record is of categories the study does not ask for.
    error RecordCategoriesOutside(RecordId record, Categories categories);
    /// @notice The record is not anchored, or was erased.
    error RecordNotAnchored(RecordId record);
    /// @notice The author is the participant, the sponsor, or was on the sponsor's staff already when the study was first
    /// funded in full: who is named later must not be kept from crediting.
    error RecordAuthorInvalid(RecordId record, address author);
    /// @notice The record was contributed to this study before.
    error RecordContributedBefore(StudyId id, RecordId record);
    /// @notice The participant earned all a participant can.
    error ParticipantCapReached(StudyId id, address participant);
    /// @notice There is no such milestone, or it was recorded.
    error MilestoneInvalid(StudyId id, address participant, uint8 milestone);
    /// @notice Nothing is owed.
    error NothingOwed(StudyId id, address participant);
    /// @notice The refund waits until this time, in Unix seconds, or there is nothing to refund.
    error RefundInvalid(StudyId id, uint40 from, uint96 free);
    /// @notice Only the sponsor is refunded.
    error RefundUnauthorized(address sponsor, address caller);

    /// @notice Pays into a study's rewards, no more than is missing. By anyone. Nobody enrols or is credited before cap times
    /// capacity of the terms in force is there, or times those enrolled where an amendment left room for fewer; after an
    /// amendment those enrolled are credited as soon as cap times their number is there.
    /// @dev Errors: `StudyNotApproved`, `StudyFundedAlready`, `TokenTookFee`, and the token's.
    /// @param id The study.
    /// @param atMost In token units; the caller has approved them, or what is missing.
    function fund(StudyId id, uint96 atMost) external;

    /// @notice Enrols a participant whose consent to the steward is live. By anyone, with the investigator's countersignature.
    /// @dev EIP-712: `EnrolParticipant(bytes32 study,address participant,bytes32 form,uint256 deadline)`. Errors:
    /// `StudyNotRecruiting`, `StudyUnderfunded`, `StudyFull`, `ParticipantKnown`, `StewardUnauthorized`, `ConsentMissing`,
    /// `SignatureExpired`, `SignatureInvalid`.
    /// @param id The study.
    /// @param participant Who enrols.
    /// @param authorization The signer is the steward or its staff.
    /// @param signature The signer's: 65 bytes, or what an ERC-1271 wallet takes.
    function enrol(
        StudyId id,
        address participant,
        Authorization calldata authorization,
        bytes calldata signature
    ) external;

    /// @notice Withdraws a participant from a study, for good. By the participant, or a delegate for research.
    /// @dev Errors: `WithdrawalUnauthorized`, `ParticipantInvalid`.
    /// @param id The study.
    /// @param participant Who.
    function withdraw(StudyId id, address participant) external;

    /// @notice Relays a signed withdrawal.
    /// @dev EIP-712: `WithdrawParticipant(bytes32 study,address participant,uint256 deadline)`. Final, so it needs no nonce.
    /// Errors: `WithdrawalUnauthorized`, `ParticipantInvalid`, `SignatureExpired`, `SignatureInvalid`.
    /// @param id The study.
    /// @param participant Who.
    /// @param authorization The signer is the participant, or a delegate for research.
    /// @param signature The signer's: 65 bytes, or what an ERC-1271 wallet takes.
    function withdrawBySig(
        StudyId id,
        address participant,
        Authorization calldata authorization,
        bytes calldata signature
    ) external;

    /// @notice Credits a participant for a record its author anchored. By anyone.
    /// @dev Proves that the record is anchored, not that the steward got its key. Errors: `StudyNotRunning`,
    /// `ParticipantInvalid`, `RecordCommitmentMismatch`, `RecordCategoriesOutside`, `ConsentMissing`, `RecordNotAnchored`,
    /// `RecordAuthorInvalid`, `RecordContributedBefore`, `ParticipantCapReached`, `StudyUnderfunded`.
    /// @param id The study.
    /// @param key The record: the participant as patient, its author and commitment.
    /// @param categories What it is of; opens the commitment.
    /// @param salt Opens the commitment.
    function contribute(StudyId id, RecordKey calldata key, Categories categories, bytes32 salt) external;

    /// @notice As `contribute`, for a record anchored under a root.
    /// @dev Errors: as `contribute`.
    /// @param id The study.
    /// @param key The record: the participant as patient, its author and commitment.
    /// @param categories What it is of; opens the commitment.
    /// @param salt Opens the commitment.
    /// @param proven Where it stands under the root.
    function contributeUnderRoot(
        StudyId id,
        RecordKey calldata key,
        Categories categories,
        bytes32 salt,
        RootProof calldata proven
    ) external;

    /// @notice Credits a participant for a milestone, such as a visit. By the steward.
    /// @dev It pays for what happened, so it asks for no live consent. Milestones keep their numbers through amendments.
    /// Errors: `StudyNotRunning`, `StewardUnauthorized`, `ParticipantInvalid`, `MilestoneInvalid`,
    /// `ParticipantCapReached`, `StudyUnderfunded`.
    /// @param id The study.
    /// @param participant Who.
    /// @param milestone Which, from zero.
    function recordMilestone(StudyId id, address participant, uint8 milestone) external;

    /// @notice Says for good that a dataset was made, and what it is. By the steward.
    /// @dev Errors: `StewardUnauthorized`.
    /// @param id The study.
    /// @param manifest The sha-256 digest of its manifest.
    function anchorDataset(StudyId id, bytes32 manifest) external;

    /// @notice Pays a participant what is owed. By anyone, to the participant only; never stopped.
    /// @dev Errors: `NothingOwed`, and the token's.
    /// @param id The study.
    /// @param participant Whom it is owed.
    function claim(StudyId id, address participant) external;

    /// @notice Gives the sponsor back what nobody earned, once the study and its claim window are over.
    /// @dev Errors: `StudyNotApproved`, `RefundUnauthorized`, `RefundInvalid`, and the token's.
    /// @param key The study.
    function refund(StudyKey calldata key) external;

    /// @notice A participant as it stands.
    /// @param id The study.
    /// @param participant Who.
    /// @return The participant; all zero when not enrolled.
    function participantOf(StudyId id, address participant) external view returns (Participant memory);

    /// @notice A study's money.
    /// @param id The study.
    /// @return The books; all zero before it is funded.
    function booksOf(StudyId id) external view returns (StudyBooks memory);

    /// @notice Whether a record was contributed to a study.
    /// @param id The study.
    /// @param record The record.
    /// @return Whether it was.
    function isContributed(StudyId id, RecordId record) external view returns (bool);
}
