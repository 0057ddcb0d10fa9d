// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IAccreditation} from "../accreditation/interfaces/IAccreditation.sol";
import {IConsentRegistry} from "../consent/interfaces/IConsentRegistry.sol";
import {StudyState, StudyTerms} from "./interfaces/IStudyRegistry.sol";
import {IStudyRewards, Participant, Participation, RootProof, StudyBooks} from "./interfaces/IStudyRewards.sol";
import {StudyRegistry} from "./StudyRegistry.sol";
import {IRecordRegistry} from "../records/interfaces/IRecordRegistry.sol";
import {Authorization, Authorizations} from "../types/Authorization.sol";
import {Categories, RESEARCH_CATEGORY} from "../types/Categories.sol";
import {Payments} from "../types/Payments.sol";
import {RecordId, RecordKey} from "../types/RecordKey.sol";
import {StudyId, StudyKey} from "../types/Study.sol";

/// @title StudyRewards
/// @notice Studies, and what they owe their participants: credited by the contract, at nobody's discretion.
/// @dev It carries the registry of studies, because every enrolment and contribution reads a study's terms.
contract StudyRewards is IStudyRewards, StudyRegistry, EIP712, Multicall, ReentrancyGuardTransient {
    using Authorizations for Authorization;
    using SafeERC20 for IERC20;

    /* CONSTANTS */

    bytes32 internal constant ENROL_TYPEHASH = keccak256(
        "EnrolParticipant(bytes32 study,address participant,bytes32 form,uint256 deadline)"
    );

    bytes32 internal constant WITHDRAW_TYPEHASH = keccak256(
        "WithdrawParticipant(bytes32 study,address participant,uint256 deadline)"
    );

    /* IMMUTABLES */

    /// @notice Who may use a patient's data.
    IConsentRegistry public immutable CONSENTS;

    /// @notice Which records are anchored.
    IRecordRegistry public immutable RECORDS;

    /* STORAGE */

    /// @inheritdoc IStudyRewards
    mapping(StudyId id => mapping(RecordId record => bool)) public isContributed;

    mapping(StudyId id => mapping(address participant => Participant)) internal _participants;

    mapping(StudyId id => StudyBooks) internal _books;

    /* CONSTRUCTOR */

    constructor(
        IAccreditation accreditation,
        IConsentRegistry consents,
        IRecordRegistry records
    ) StudyRegistry(accreditation) EIP712("Aceso StudyRewards", "1") {
        CONSENTS = consents;
        RECORDS = records;
    }

    /* SPONSOR ACTIONS */

    /// @inheritdoc IStudyRewards
    function fund(StudyId id, uint96 atMost) external nonReentrant {
        StudyState storage study = _studies.states[id];
        StudyTerms storage terms = _studies.terms[id];
        StudyBooks storage books = _books[id];
        require(study.version != 0, StudyNotApproved(id));
        require(books.version != study.version, StudyFundedAlready(id, study.version));
        // Those who enrolled before an amendment made room for fewer earn too.
        uint24 enrolled = study.seats - study.seatsLeft;
        uint256 seats = Math.max(terms.capacity, enrolled);
        uint256 missing = Math.saturatingSub(seats * terms.cap, books.funded);
        bool isWhole = atMost >= missing;
        uint96 amount = isWhole ? uint96(missing) : atMost;

        books.funded += amount;
        if (isWhole) {
            books.version = study.version;
            if (books.openedAt == 0) books.openedAt = uint40(block.timestamp);
            (study.seats, study.seatsLeft) = (uint24(seats), uint24(seats) - enrolled);
        }

        emit StudyFunded(id, msg.sender, amount, isWhole);

        Payments.pull(terms.token, msg.sender, amount);
    }

    /// @inheritdoc IStudyRewards
    function refund(StudyKey calldata key) external {
        StudyId id = key.toId();
        StudyTerms storage terms = _studies.terms[id];
        require(terms.steward != address(0), StudyNotApproved(id));
        require(_actsFor(msg.sender, key.sponsor), RefundUnauthorized(key.sponsor, msg.sender));
        StudyBooks storage books = _books[id];
        // Never more was credited than funded.
        uint96 free = books.funded - books.credited;
        require(block.timestamp >= terms.refundAt && free != 0, RefundInvalid(id, terms.refundAt, free));

        books.funded = books.credited;

        emit StudyRefunded(id, key.sponsor, free);

        IERC20(terms.token).safeTransfer(key.sponsor, free);
    }

    /* PARTICIPANT ACTIONS */

    /// @inheritdoc IStudyRewards
    function enrol(
        StudyId id,
        address participant,
        Authorization calldata authorization,
        bytes calldata signature
    ) external {
        (StudyState storage study, StudyTerms storage terms) = _recruiting(id);
        Participant storage person = _participants[id][participant];
        require(person.status == Participation.None, ParticipantKnown(id, participant, person.status));
        _requireCountersigned(id, participant, terms, authorization, signature);
        _requireConsent(participant, terms, terms.categories);

        person.status = Participation.Enrolled;
        _takeSeat(id, study);

        emit ParticipantEnrolled(id, participant, authorization.signer);
    }

    /// @inheritdoc IStudyRewards
    function withdraw(StudyId id, address participant) external {
        _withdraw(id, participant, msg.sender);
    }

    /// @inheritdoc IStudyRewards
    function withdrawBySig(
        StudyId id,
        address participant,
        Authorization calldata authorization,
        bytes calldata signature
    ) external {
        authorization.check(
            signature,
            _hashTypedDataV4(keccak256(abi.encode(WITHDRAW_TYPEHASH, id, participant, authorization.deadline)))
        );

        _withdraw(id, participant, authorization.signer);
    }

    /// @inheritdoc IStudyRewards
    function contribute(StudyId id, RecordKey calldata key, Categories categories, bytes32 salt) external {
        RecordId record = key.toId();
        require(RECORDS.digestOf(record) != 0, RecordNotAnchored(record));

        _contribute(id, record, key, categories, salt);
    }

    /// @inheritdoc IStudyRewards
    function contributeUnderRoot(
        StudyId id,
        RecordKey calldata key,
        Categories categories,
        bytes32 salt,
        RootProof calldata proven
    ) external {
        RecordId record = key.toId();
        require(RECORDS.isAnchored(key, proven.digest, proven.root, proven.proof), RecordNotAnchored(record));

        _contribute(id, record, key, categories, salt);
    }

    /* STEWARD ACTIONS */

    /// @inheritdoc IStudyRewards
    function recordMilestone(StudyId id, address participant, uint8 milestone) external {
        (StudyState storage study, StudyTerms storage terms) = _running(id);
        require(_actsFor(msg.sender, terms.steward), StewardUnauthorized(terms.steward, msg.sender));
        Participant storage person = _participants[id][participant];
        require(
            milestone < terms.milestones && (person.milestones >> milestone) & 1 == 0,
            MilestoneInvalid(id, participant, milestone)
        );

        person.milestones |= uint32(1) << milestone;
        uint96 credited = _credit(id, participant, terms.milestoneReward, terms.cap, study.version);

        emit MilestoneRecorded(id, participant, milestone, credited, msg.sender);
    }

    /// @inheritdoc IStudyRewards
    function anchorDataset(StudyId id, bytes32 manifest) external {
        address steward = _studies.terms[id].steward;
        require(_actsFor(msg.sender, steward), StewardUnauthorized(steward, msg.sender));

        emit DatasetAnchored(id, steward, manifest, msg.sender);
    }

    /* ANYBODY'S ACTIONS */

    /// @inheritdoc IStudyRewards
    function claim(StudyId id, address participant) external {
        Participant storage person = _participants[id][participant];
        // Never more was paid than earned.
        uint96 owed = person.earned - person.paid;
        require(owed != 0, NothingOwed(id, participant));

        person.paid += owed;

        emit RewardPaid(id, participant, owed);

        IERC20(_studies.terms[id].token).safeTransfer(participant, owed);
    }

    /* VIEWS */

    /// @inheritdoc IStudyRewards
    function participantOf(StudyId id, address participant) external view returns (Participant memory) {
        return _participants[id][participant];
    }

    /// @inheritdoc IStudyRewards
    function booksOf(StudyId id) external view returns (StudyBooks memory) {
        return _books[id];
    }

    /* INTERNAL */

    /// @dev One more enrols, of a study that is funded for its terms.
    function _takeSeat(StudyId id, StudyState storage study) internal {
        uint24 left = study.seatsLeft;
        if (left == 0) {
            _requireFunded(id, study.version);
            revert StudyFull(id, study.seats);
        }

        unchecked {
            // There is one.
            study.seatsLeft = left - 1;
        }
    }

    /// @dev Credits a record that is anchored.
    function _contribute(
        StudyId id,
        RecordId record,
        RecordKey calldata key,
        Categories categories,
        bytes32 salt
    ) internal {
        (StudyState storage study, StudyTerms storage terms) = _running(id);
        require(key.commitment == keccak256(abi.encode(categories, salt)), RecordCommitmentMismatch(record));
        require(
            categories.areKnown() && categories.areWithin(terms.categories),
            RecordCategoriesOutside(record, categories)
        );
        _requireConsent(key.patient, terms, categories);
        require(
            // Who is named staff later still counts: naming takes the sponsor alone, and must not stop others' credit.
            key.author != key.patient && !ACCREDITATION.actedForSince(key.author, study.sponsor, _books[id].openedAt),
            RecordAuthorInvalid(record, key.author)
        );
        require(!isContributed[id][record], RecordContributedBefore(id, record));

        isContributed[id][record] = true;
        uint96 credited = _credit(id, key.patient, terms.reward, terms.cap, study.version);

        emit RecordContributed(id, key.patient, record, key.author, categories, credited);
    }

    function _withdraw(StudyId id, address participant, address actor) internal {
        require(CONSENTS.mayDecide(participant, actor, RESEARCH_CATEGORY), WithdrawalUnauthorized(participant, actor));
        Participant storage person = _participants[id][participant];
        require(person.status == Participation.Enrolled, ParticipantInvalid(id, participant, person.status));

        person.status = Participation.Withdrawn;

        emit ParticipantWithdrawn(id, participant, actor);
    }

    /// @dev Credits somebody enrolled, up to the cap and out of the study's own money.
    function _credit(
        StudyId id,
        address participant,
        uint96 reward,
        uint96 cap,
        uint16 version
    ) internal returns (uint96 credited) {
        Participant storage person = _participants[id][participant];
        require(person.status == Participation.Enrolled, ParticipantInvalid(id, participant, person.status));
        uint96 earned = person.earned;
        require(earned < cap, ParticipantCapReached(id, participant));
        StudyBooks storage books = _books[id];
        if (books.version != version) _requireCovered(id, cap);
        unchecked {
            // Below the cap.
            credited = reward < cap - earned ? reward : cap - earned;
        }

        person.earned = earned + credited;
        books.credited += credited;
    }

    /// @dev While amended terms wait for their funding, nobody is credited what others who enrolled were promised.
    function _requireCovered(StudyId id, uint96 cap) internal view {
        StudyState storage study = _studies.states[id];
        uint96 funded = _books[id].funded;
        require(uint256(study.seats - study.seatsLeft) * cap <= funded, StudyUnderfunded(id, funded, study.version));
    }

    function _requireFunded(StudyId id, uint16 version) internal view {
        StudyBooks storage books = _books[id];
        require(books.version == version, StudyUnderfunded(id, books.funded, version));
    }

    /// @dev Somebody of the steward's says that the participant may take part.
    function _requireCountersigned(
        StudyId id,
        address participant,
        StudyTerms storage terms,
        Authorization calldata authorization,
        bytes calldata signature
    ) internal view {
        (address steward, address signer) = (terms.steward, authorization.signer);
        require(_actsFor(signer, steward), StewardUnauthorized(steward, signer));
        authorization.check(
            signature,
            _hashTypedDataV4(keccak256(abi.encode(ENROL_TYPEHASH, id, participant, terms.form, authorization.deadline)))
        );
    }

    function _requireConsent(address participant, StudyTerms storage terms, Categories categories) internal view {
        require(
            CONSENTS.permits(participant, terms.steward, terms.form, terms.purpose, categories),
            ConsentMissing(participant, terms.steward, terms.form)
        );
    }
}
