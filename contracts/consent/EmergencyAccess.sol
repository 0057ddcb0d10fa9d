// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IAccreditation} from "../accreditation/interfaces/IAccreditation.sol";
import {IConsentRegistry} from "./interfaces/IConsentRegistry.sol";
import {
    Emergency,
    EmergencyCase,
    EmergencyPreference,
    IEmergencyAccess,
    Verdict
} from "./interfaces/IEmergencyAccess.sol";
import {Authorization, Authorizations} from "../types/Authorization.sol";
import {Categories, UNRESTRICTED_CATEGORIES} from "../types/Categories.sol";
import {Role} from "../types/Role.sol";

/// @title EmergencyAccess
/// @notice Breaking the glass: a clinician opens a patient's records without consent, and answers for it.
contract EmergencyAccess is IEmergencyAccess, EIP712 {
    using Authorizations for Authorization;

    /* CONSTANTS */

    /// @notice How long an emergency stays open, in seconds.
    uint40 public constant DURATION = 4 hours;

    /// @notice How many cases of a clinician may wait for review before a second Practitioner must countersign.
    uint256 public constant UNREVIEWED_LIMIT = 3;

    bytes32 internal constant COUNTERSIGN_TYPEHASH = keccak256(
        "CountersignEmergency(address patient,address clinician,uint24 version,bytes32 evidence,uint256 deadline)"
    );

    bytes32 internal constant CONTEST_TYPEHASH = keccak256(
        "ContestEmergency(address patient,address clinician,uint40 openedAt,uint256 deadline)"
    );

    bytes32 internal constant SET_PREFERENCE_TYPEHASH = keccak256(
        "SetEmergencyPreference(address patient,uint48 categories,uint48 revision,uint256 deadline)"
    );

    /* IMMUTABLES */

    /// @notice Who is licensed.
    IAccreditation public immutable ACCREDITATION;

    /// @notice Who is permitted, and who decides for whom.
    IConsentRegistry public immutable CONSENTS;

    /* STORAGE */

    /// @inheritdoc IEmergencyAccess
    mapping(address clinician => uint256) public unreviewedOf;

    mapping(address patient => EmergencyPreference) internal _preferences;

    mapping(address patient => mapping(address clinician => Emergency)) internal _emergencies;

    mapping(address patient => mapping(address clinician => mapping(uint40 openedAt => EmergencyCase))) internal _cases;

    /* CONSTRUCTOR */

    constructor(IAccreditation accreditation, IConsentRegistry consents) EIP712("Aceso EmergencyAccess", "1") {
        ACCREDITATION = accreditation;
        CONSENTS = consents;
    }

    /* CLINICIAN ACTIONS */

    /// @inheritdoc IEmergencyAccess
    function open(address patient, bytes32 evidence) external {
        uint256 unreviewed = unreviewedOf[msg.sender];
        require(
            unreviewed < UNREVIEWED_LIMIT && _emergencies[patient][msg.sender].contestedPending == 0,
            EmergencyNeedsCountersignature(msg.sender, unreviewed)
        );

        _open(patient, address(0), evidence);
    }

    /// @inheritdoc IEmergencyAccess
    function openCountersigned(
        address patient,
        bytes32 evidence,
        Authorization calldata countersigning,
        bytes calldata signature
    ) external {
        address countersigner = countersigning.signer;
        require(countersigner != msg.sender, EmergencyCountersignedByOpener(msg.sender));
        _requirePractitioner(countersigner);
        uint24 version = _emergencies[patient][msg.sender].version;
        countersigning.check(
            signature,
            _hashTypedDataV4(
                keccak256(
                    abi.encode(COUNTERSIGN_TYPEHASH, patient, msg.sender, version, evidence, countersigning.deadline)
                )
            )
        );

        _open(patient, countersigner, evidence);
    }

    /* REVIEWER ACTIONS */

    /// @inheritdoc IEmergencyAccess
    function review(address patient, address clinician, uint40 openedAt, bool justified, bytes32 evidence) external {
        EmergencyCase storage reviewed = _caseOf(patient, clinician, openedAt);
        require(reviewed.verdict == Verdict.Pending, EmergencyReviewedAlready(patient, clinician, openedAt));
        require(
            msg.sender != patient &&
                msg.sender != clinician &&
                msg.sender != reviewed.countersigner &&
                ACCREDITATION.isLive(msg.sender, Role.PrivacyOfficer),
            EmergencyReviewerInvalid(msg.sender)
        );
        Emergency storage emergency = _emergencies[patient][clinician];
        bool isAccessOpen = emergency.openedAt == openedAt && block.timestamp < emergency.until;
        // A verdict that came before the end would leave nothing for a contest to hold against the clinician.
        require(!justified || !isAccessOpen, EmergencyStillOpen(patient, clinician, emergency.until));

        reviewed.verdict = justified ? Verdict.Justified : Verdict.Unjustified;
        --unreviewedOf[clinician];
        if (reviewed.contested) --emergency.contestedPending;
        if (isAccessOpen) emergency.until = uint40(block.timestamp);
        ++emergency.version;

        emit EmergencyReviewed(patient, clinician, msg.sender, openedAt, justified, evidence);
    }

    /* PATIENT AND DELEGATE ACTIONS */

    /// @inheritdoc IEmergencyAccess
    function contest(address patient, address clinician, uint40 openedAt) external {
        _contest(patient, clinician, openedAt, msg.sender);
    }

    /// @inheritdoc IEmergencyAccess
    function contestBySig(
        address patient,
        address clinician,
        uint40 openedAt,
        Authorization calldata authorization,
        bytes calldata signature
    ) external {
        authorization.check(
            signature,
            _hashTypedDataV4(
                keccak256(abi.encode(CONTEST_TYPEHASH, patient, clinician, openedAt, authorization.deadline))
            )
        );

        _contest(patient, clinician, openedAt, authorization.signer);
    }

    /// @inheritdoc IEmergencyAccess
    function setPreference(address patient, Categories categories) external {
        _setPreference(patient, categories, msg.sender);
    }

    /// @inheritdoc IEmergencyAccess
    function setPreferenceBySig(
        address patient,
        Categories categories,
        uint48 revision,
        Authorization calldata authorization,
        bytes calldata signature
    ) external {
        uint48 current = preferenceRevisionOf(patient);
        require(revision == current, EmergencyPreferenceStale(revision, current));
        authorization.check(
            signature,
            _hashTypedDataV4(
                keccak256(abi.encode(SET_PREFERENCE_TYPEHASH, patient, categories, revision, authorization.deadline))
            )
        );

        _setPreference(patient, categories, authorization.signer);
    }

    /* VIEWS */

    /// @inheritdoc IEmergencyAccess
    function emergencyOf(address patient, address clinician) external view returns (Emergency memory) {
        return _emergencies[patient][clinician];
    }

    /// @inheritdoc IEmergencyAccess
    function caseOf(address patient, address clinician, uint40 openedAt) external view returns (EmergencyCase memory) {
        return _cases[patient][clinician][openedAt];
    }

    /// @inheritdoc IEmergencyAccess
    function preferenceOf(address patient) external view returns (EmergencyPreference memory) {
        return _preferences[patient];
    }

    /// @inheritdoc IEmergencyAccess
    function preferenceRevisionOf(address patient) public view returns (uint48) {
        return (uint48(CONSENTS.epochOf(patient)) << 24) | _preferences[patient].version;
    }

    /// @inheritdoc IEmergencyAccess
    function coveredCategories(address patient) public view returns (Categories) {
        EmergencyPreference memory preference = _preferences[patient];
        return preference.isSet ? preference.categories : UNRESTRICTED_CATEGORIES;
    }

    /// @inheritdoc IEmergencyAccess
    function isOpen(address patient, address clinician, Categories categories) external view returns (bool) {
        Emergency memory emergency = _emergencies[patient][clinician];
        // The licence is asked again, because it may be suspended or revoked while the emergency is open.
        return
            block.timestamp < emergency.until &&
            categories.areIn(emergency.categories) &&
            ACCREDITATION.isLive(clinician, Role.Practitioner);
    }

    /* INTERNAL */

    function _open(address patient, address countersigner, bytes32 evidence) internal {
        _requirePractitioner(msg.sender);
        Categories categories = coveredCategories(patient);
        require(Categories.unwrap(categories) != 0, EmergencyOptedOut(patient));
        Emergency storage emergency = _emergencies[patient][msg.sender];
        uint40 openedAt = uint40(block.timestamp);
        // Cases are told apart by their second, so a clinician opens a patient's records once in it.
        require(emergency.openedAt != openedAt, EmergencyOpenedAlready(patient, msg.sender, openedAt));
        uint40 until = openedAt + DURATION;

        emergency.openedAt = openedAt;
        emergency.until = until;
        emergency.categories = categories;
        ++emergency.version;
        _cases[patient][msg.sender][openedAt] = EmergencyCase({
            countersigner: countersigner,
            verdict: Verdict.Pending,
            contested: false
        });
        ++unreviewedOf[msg.sender];

        emit EmergencyOpened(patient, msg.sender, countersigner, openedAt, until, categories, evidence);
    }

    function _contest(address patient, address clinician, uint40 openedAt, address actor) internal {
        EmergencyCase storage contested = _caseOf(patient, clinician, openedAt);
        require(!contested.contested, EmergencyContestedAlready(patient, clinician, openedAt));
        Emergency storage emergency = _emergencies[patient][clinician];
        require(CONSENTS.mayDecide(patient, actor, emergency.categories), EmergencyUnauthorized(patient, actor));

        contested.contested = true;
        if (contested.verdict == Verdict.Pending) ++emergency.contestedPending;
        // Whichever case was contested, the patient wants this clinician out.
        if (block.timestamp < emergency.until) emergency.until = uint40(block.timestamp);
        ++emergency.version;

        emit EmergencyContested(patient, clinician, openedAt, actor);
    }

    function _setPreference(address patient, Categories categories, address actor) internal {
        require(
            CONSENTS.mayDecide(patient, actor, categories | coveredCategories(patient)),
            EmergencyUnauthorized(patient, actor)
        );
        require(Categories.unwrap(categories) == 0 || categories.areKnown(), EmergencyCategoriesUnknown(categories));

        uint24 version = _preferences[patient].version + 1;
        _preferences[patient] = EmergencyPreference({isSet: true, categories: categories, version: version});

        emit EmergencyPreferenceSet(patient, categories, actor);
    }

    function _caseOf(
        address patient,
        address clinician,
        uint40 openedAt
    ) internal view returns (EmergencyCase storage found) {
        found = _cases[patient][clinician][openedAt];
        require(found.verdict != Verdict.None, EmergencyCaseUnknown(patient, clinician, openedAt));
    }

    function _requirePractitioner(address account) internal view {
        require(ACCREDITATION.isLive(account, Role.Practitioner), EmergencyNotPractitioner(account));
    }
}
