// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Authorization} from "../../types/Authorization.sol";
import {Categories} from "../../types/Categories.sol";

/// @notice What is known of one emergency. One storage slot, by patient, clinician and opening time.
struct EmergencyCase {
    /// The second Practitioner; zero when none was needed.
    address countersigner;
    Verdict verdict;
    bool contested;
}

/// @notice A privacy officer's verdict on a case.
enum Verdict {
    /// There is no such case.
    None,
    /// Not reviewed yet.
    Pending,
    Justified,
    Unjustified
}

/// @notice The last emergency between a patient and a clinician. One storage slot.
struct Emergency {
    /// When it was opened, in Unix seconds: with patient and clinician, what identifies the case.
    uint40 openedAt;
    /// The first second access is closed, in Unix seconds.
    uint40 until;
    /// What the patient left open to emergencies when it was opened.
    Categories categories;
    /// How many cases of the two the patient contested and nobody has reviewed yet.
    uint24 contestedPending;
    /// Moved by every opening, contest and review of the two, so a countersignature given before any of them is void.
    uint24 version;
}

/// @notice What a patient leaves open to emergencies. One storage slot.
struct EmergencyPreference {
    /// Without it, everything but `restricted` is open.
    bool isSet;
    /// Empty when the patient opted out.
    Categories categories;
    /// How often it was set.
    uint24 version;
}

/// @title IEmergencyAccess
/// @notice Breaking the glass: a clinician opens a patient's records without consent, and answers for it.
/// @dev A case is known by patient, clinician and the second it was opened.
interface IEmergencyAccess {
    /// @notice A clinician opened a patient's records.
    /// @param patient Whose records.
    /// @param clinician Who opened them.
    /// @param countersigner The second Practitioner; zero when none was needed.
    /// @param openedAt When, in Unix seconds.
    /// @param until The first second access is closed, in Unix seconds.
    /// @param categories What was opened.
    /// @param evidence Salted digest of what the clinician wrote down; nothing in clear.
    event EmergencyOpened(
        address indexed patient,
        address indexed clinician,
        address indexed countersigner,
        uint40 openedAt,
        uint40 until,
        Categories categories,
        bytes32 evidence
    );

    /// @notice A privacy officer gave a verdict on a case.
    /// @param patient Whose records.
    /// @param clinician Who opened them.
    /// @param reviewer The privacy officer.
    /// @param openedAt When they were opened, in Unix seconds.
    /// @param justified The verdict.
    /// @param evidence Salted digest of the reasons.
    event EmergencyReviewed(
        address indexed patient,
        address indexed clinician,
        address indexed reviewer,
        uint40 openedAt,
        bool justified,
        bytes32 evidence
    );

    /// @notice A case was contested, and the clinician's access to the patient closed.
    /// @param patient Whose records.
    /// @param clinician Who opened them.
    /// @param openedAt When they were opened, in Unix seconds.
    /// @param actor The patient or delegate who contested, whoever relayed it.
    event EmergencyContested(address indexed patient, address indexed clinician, uint40 openedAt, address actor);

    /// @notice What emergencies opened from now on cover was set.
    /// @param patient Whose records.
    /// @param categories What is covered; empty opts out.
    /// @param actor The patient or delegate who decided, whoever relayed it.
    event EmergencyPreferenceSet(address indexed patient, Categories categories, address actor);

    /// @notice Only an accredited Practitioner opens or countersigns an emergency.
    error EmergencyNotPractitioner(address account);
    /// @notice The clinician opened this patient's records in this very second already.
    error EmergencyOpenedAlready(address patient, address clinician, uint40 openedAt);
    /// @notice The patient opted out of emergency access.
    error EmergencyOptedOut(address patient);
    /// @notice Too many of the clinician's cases wait for review, or the patient contested one: a second Practitioner
    /// must countersign.
    error EmergencyNeedsCountersignature(address clinician, uint256 unreviewed);
    /// @notice A clinician cannot countersign their own case.
    error EmergencyCountersignedByOpener(address clinician);
    /// @notice Only an accredited PrivacyOfficer who neither opened nor countersigned, nor is the patient, reviews a case.
    error EmergencyReviewerInvalid(address reviewer);
    /// @notice There is no such case.
    error EmergencyCaseUnknown(address patient, address clinician, uint40 openedAt);
    /// @notice Access is still open: it can be found unjustified, but justified only after its end.
    error EmergencyStillOpen(address patient, address clinician, uint40 until);
    /// @notice The case has been reviewed already.
    error EmergencyReviewedAlready(address patient, address clinician, uint40 openedAt);
    /// @notice The case has been contested already.
    error EmergencyContestedAlready(address patient, address clinician, uint40 openedAt);
    /// @notice The actor is neither the patient nor a delegate for these categories.
    error EmergencyUnauthorized(address patient, address actor);
    /// @notice The mask has bits that stand for no category.
    error EmergencyCategoriesUnknown(Categories categories);
    /// @notice The message was signed against another revision of the preference: sign again.
    error EmergencyPreferenceStale(uint48 signed, uint48 current);

    /// @notice Opens a patient's records to the caller, an accredited Practitioner, for four hours.
    /// @dev From the fourth unreviewed case of the caller on, or after the patient contested one of theirs that is not
    /// reviewed yet, use `openCountersigned`. Errors: `EmergencyNeedsCountersignature`, `EmergencyNotPractitioner`,
    /// `EmergencyOptedOut`, `EmergencyOpenedAlready`.
    /// @param patient Whose records.
    /// @param evidence Salted digest of what the clinician wrote down.
    function open(address patient, bytes32 evidence) external;

    /// @notice `open`, countersigned by a second Practitioner; it is never refused for being busy.
    /// @dev The message is `CountersignEmergency(address patient,address clinician,uint24 version,bytes32 evidence,
    /// uint256 deadline)`, with the `version` of `emergencyOf`, so it counts for one opening. Errors:
    /// `EmergencyCountersignedByOpener`, `EmergencyNotPractitioner`, `SignatureExpired`, `SignatureInvalid`,
    /// `EmergencyOptedOut`, `EmergencyOpenedAlready`.
    /// @param patient Whose records.
    /// @param evidence Salted digest of what the clinician wrote down.
    /// @param countersigning The second Practitioner as signer, and until when the message counts.
    /// @param signature By an EOA (65 bytes) or an ERC-1271 wallet.
    function openCountersigned(
        address patient,
        bytes32 evidence,
        Authorization calldata countersigning,
        bytes calldata signature
    ) external;

    /// @notice Records a privacy officer's verdict, once. Unjustified closes the access if it is still open; justified
    /// waits for its end, so that the patient can contest while it lasts.
    /// @dev Errors: `EmergencyCaseUnknown`, `EmergencyReviewedAlready`, `EmergencyReviewerInvalid`,
    /// `EmergencyStillOpen`.
    /// @param patient Whose records.
    /// @param clinician Who opened them.
    /// @param openedAt When, in Unix seconds.
    /// @param justified The verdict.
    /// @param evidence Salted digest of the reasons.
    function review(address patient, address clinician, uint40 openedAt, bool justified, bytes32 evidence) external;

    /// @notice Contests a case, once, by the patient or a delegate for what it covers, and closes the clinician's
    /// access to the patient at once.
    /// @dev Errors: `EmergencyCaseUnknown`, `EmergencyContestedAlready`, `EmergencyUnauthorized`.
    /// @param patient Whose records.
    /// @param clinician Who opened them.
    /// @param openedAt When, in Unix seconds.
    function contest(address patient, address clinician, uint40 openedAt) external;

    /// @notice `contest`, decided by a signature anyone may relay.
    /// @dev The message is `ContestEmergency(address patient,address clinician,uint40 openedAt,uint256 deadline)`,
    /// signed by the patient or a delegate. Errors as `contest`, and `SignatureExpired`, `SignatureInvalid`.
    /// @param patient Whose records.
    /// @param clinician Who opened them.
    /// @param openedAt When, in Unix seconds.
    /// @param authorization Who signed, and until when the message counts.
    /// @param signature By an EOA (65 bytes) or an ERC-1271 wallet.
    function contestBySig(
        address patient,
        address clinician,
        uint40 openedAt,
        Authorization calldata authorization,
        bytes calldata signature
    ) external;

    /// @notice Sets what of a patient's data emergencies opened from now on cover; empty opts out.
    /// @dev By the patient, or a delegate whose mask covers what was and what will be open. Errors:
    /// `EmergencyUnauthorized`, `EmergencyCategoriesUnknown`.
    /// @param patient Whose records.
    /// @param categories What is covered.
    function setPreference(address patient, Categories categories) external;

    /// @notice `setPreference`, decided by a signature anyone may relay.
    /// @dev The message is `SetEmergencyPreference(address patient,uint48 categories,uint48 revision,
    /// uint256 deadline)`, signed by the patient or a delegate. Errors as `setPreference`, and
    /// `EmergencyPreferenceStale`, `SignatureExpired`, `SignatureInvalid`.
    /// @param patient Whose records.
    /// @param categories What is covered.
    /// @param revision The `preferenceRevisionOf` the message was signed against.
    /// @param authorization Who signed, and until when the message counts.
    /// @param signature By an EOA (65 bytes) or an ERC-1271 wallet.
    function setPreferenceBySig(
        address patient,
        Categories categories,
        uint48 revision,
        Authorization calldata authorization,
        bytes calldata signature
    ) external;

    /// @notice The last emergency between a patient and a clinician.
    /// @param patient Whose records.
    /// @param clinician Who opened them.
    /// @return The emergency; all zero when there was none.
    function emergencyOf(address patient, address clinician) external view returns (Emergency memory);

    /// @notice A case by its opening time.
    /// @param patient Whose records.
    /// @param clinician Who opened them.
    /// @param openedAt When, in Unix seconds.
    /// @return The case; its verdict is `None` when there is no such case.
    function caseOf(address patient, address clinician, uint40 openedAt) external view returns (EmergencyCase memory);

    /// @notice A patient's preference as stored.
    /// @param patient Whose preference.
    /// @return The preference.
    function preferenceOf(address patient) external view returns (EmergencyPreference memory);

    /// @notice What a signed message about the preference carries: the patient's epoch in `ConsentRegistry` (high 24 bits)
    /// and how often it was set (low 24 bits).
    /// @param patient Whose preference.
    /// @return The current revision.
    function preferenceRevisionOf(address patient) external view returns (uint48);

    /// @notice What of a patient's data an emergency opened now would cover.
    /// @param patient Whose data.
    /// @return Everything but `restricted`, or what the patient chose.
    function coveredCategories(address patient) external view returns (Categories);

    /// @notice How many of a clinician's cases wait for review.
    /// @param clinician Who opened them.
    /// @return The count.
    function unreviewedOf(address clinician) external view returns (uint256);

    /// @notice Whether a clinician, still licensed, has an emergency open that covers all these categories now.
    /// @param patient Whose data.
    /// @param clinician Who opened the emergency.
    /// @param categories Every category that is asked for.
    /// @return Whether it is.
    function isOpen(address patient, address clinician, Categories categories) external view returns (bool);
}
