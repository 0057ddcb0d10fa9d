// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Authorization} from "../../types/Authorization.sol";
import {Categories} from "../../types/Categories.sol";
import {Purpose, Purposes} from "../../types/Purpose.sol";

/// @notice What a patient agrees to.
struct Terms {
    /// Bits of HL7 v3-ActReason purposes of use, at least one, never `BTG`.
    Purposes purposes;
    /// Bits of data categories, at least one.
    Categories categories;
    /// The first second it counts, in Unix seconds; zero is now, the past is refused.
    uint40 validFrom;
    /// The first second it no longer counts, in Unix seconds; required.
    uint40 validUntil;
}

/// @notice A consent as stored. One storage slot.
struct Consent {
    Purposes purposes;
    Categories categories;
    uint40 validFrom;
    /// Zero when never granted or revoked.
    uint40 validUntil;
    /// The patient's epoch at the last change; a consent of an earlier epoch is dead.
    uint24 epoch;
    /// How often this consent was granted or revoked. Never reset.
    uint24 version;
}

/// @notice Somebody, such as a guardian, who acts for a patient within a mask. One storage slot.
struct Delegate {
    Categories categories;
    /// The first second the delegate no longer acts, in Unix seconds.
    uint40 until;
    uint24 epoch;
    uint24 version;
}

/// @title IConsentRegistry
/// @notice Who may use a patient's data, for what and until when.
/// @dev A patient is any address and needs no licence. Versions and epochs are 24 bits: only the patient, or a delegate
/// who may change that consent, could exhaust one, with 16,777,215 changes; `revokeAll` still ends the consent then.
interface IConsentRegistry {
    /// @notice A consent was granted; it replaces what stood under the same patient, grantee and policy.
    /// @param patient Whose data.
    /// @param grantee Who may use it.
    /// @param policy Salted digest of the document agreed to; zero for none.
    /// @param terms As stored: `validFrom` is never zero.
    /// @param actor The patient or delegate who decided, whoever relayed it.
    event ConsentGranted(
        address indexed patient,
        address indexed grantee,
        bytes32 indexed policy,
        Terms terms,
        address actor
    );

    /// @notice A consent ended, and every grant signed before is stale.
    /// @param patient Whose data.
    /// @param grantee Who may no longer use it.
    /// @param policy Under which document.
    /// @param actor The patient or delegate who decided, whoever relayed it.
    event ConsentRevoked(address indexed patient, address indexed grantee, bytes32 indexed policy, address actor);

    /// @notice Every consent and delegate of an earlier epoch is dead.
    /// @param patient Whose consents and delegates.
    /// @param epoch The epoch that began.
    event AllConsentsRevoked(address indexed patient, uint24 epoch);

    /// @notice A patient named or, with `until` zero, removed a delegate.
    /// @param patient Who is acted for.
    /// @param delegate Who acts.
    /// @param until The first second the delegate no longer acts, in Unix seconds.
    /// @param categories What the delegate decides on.
    event DelegateSet(address indexed patient, address indexed delegate, uint40 until, Categories categories);

    /// @notice The actor is neither the patient nor a live delegate whose mask covers these categories.
    error ConsentUnauthorized(address patient, address actor, Categories categories);
    /// @notice The message was signed against another revision (or epoch): sign again against the current one.
    error ConsentStale(uint48 signed, uint48 current);
    /// @notice A consent needs somebody to grant it to.
    error ConsentGranteeZero();
    /// @notice A consent covers at least one purpose and one category.
    error ConsentTermsEmpty();
    /// @notice Break the glass is for those who are not permitted; it is never granted.
    error ConsentBreaksGlass();
    /// @notice The mask has bits that stand for no purpose.
    error ConsentPurposesUnknown(Purposes purposes);
    /// @notice The mask has bits that stand for no category, or, for a delegate, none at all.
    error ConsentCategoriesUnknown(Categories categories);
    /// @notice A consent cannot start in the past.
    error ConsentStartPast(uint40 validFrom);
    /// @notice A consent must end, after it starts.
    error ConsentEndNotAfterStart(uint40 validFrom, uint40 validUntil);
    /// @notice A delegate cannot grant for longer than it acts itself.
    error ConsentOutlivesDelegate(uint40 validUntil, uint40 until);
    /// @notice The zero address and the patient cannot be the patient's delegate.
    error DelegateInvalid(address delegate);
    /// @notice A delegate acts until a time in the future (zero removes them).
    error DelegateEndPast(uint40 until);

    /// @notice Lets a grantee use a patient's data, replacing earlier terms under the same policy.
    /// @dev The caller is the patient, or a delegate whose mask covers the new terms and those it replaces. Errors:
    /// `ConsentGranteeZero`, `ConsentTermsEmpty`, `ConsentBreaksGlass`, `ConsentPurposesUnknown`,
    /// `ConsentCategoriesUnknown`, `ConsentStartPast`, `ConsentEndNotAfterStart`, `ConsentUnauthorized`,
    /// `ConsentOutlivesDelegate`.
    /// @param patient Whose data.
    /// @param grantee Who may use it.
    /// @param policy Salted digest of the document the patient agrees to; zero for none.
    /// @param terms What for, which data, and when.
    function grant(address patient, address grantee, bytes32 policy, Terms calldata terms) external;

    /// @notice `grant`, decided by a signature anyone may relay.
    /// @dev The message is `GrantConsent(address patient,address grantee,bytes32 policy,Terms terms,uint48 revision,
    /// uint256 deadline)`, signed by the patient or a delegate. Errors as `grant`, and `ConsentStale`,
    /// `SignatureExpired`, `SignatureInvalid`.
    /// @param patient Whose data.
    /// @param grantee Who may use it.
    /// @param policy Salted digest of the document the patient agrees to; zero for none.
    /// @param terms What for, which data, and when.
    /// @param revision The `revisionOf` the message was signed against.
    /// @param authorization Who signed, and until when the message counts.
    /// @param signature By an EOA (65 bytes) or an ERC-1271 wallet.
    function grantBySig(
        address patient,
        address grantee,
        bytes32 policy,
        Terms calldata terms,
        uint48 revision,
        Authorization calldata authorization,
        bytes calldata signature
    ) external;

    /// @notice Ends a consent now. Where none stands, it still makes every grant signed before it stale.
    /// @dev The caller is the patient, or, where one stands, a delegate whose mask covers it. Errors:
    /// `ConsentUnauthorized`.
    /// @param patient Whose data.
    /// @param grantee Who may no longer use it.
    /// @param policy Under which document.
    function revoke(address patient, address grantee, bytes32 policy) external;

    /// @notice `revoke`, decided by a signature anyone may relay.
    /// @dev The message is `RevokeConsent(address patient,address grantee,bytes32 policy,uint48 revision,
    /// uint256 deadline)`, signed by the patient or a delegate. Errors as `revoke`, and `ConsentStale`,
    /// `SignatureExpired`, `SignatureInvalid`.
    /// @param patient Whose data.
    /// @param grantee Who may no longer use it.
    /// @param policy Under which document.
    /// @param revision The `revisionOf` the message was signed against.
    /// @param authorization Who signed, and until when the message counts.
    /// @param signature By an EOA (65 bytes) or an ERC-1271 wallet.
    function revokeBySig(
        address patient,
        address grantee,
        bytes32 policy,
        uint48 revision,
        Authorization calldata authorization,
        bytes calldata signature
    ) external;

    /// @notice Ends every consent and delegate of the caller now, and makes every message signed before it stale.
    function revokeAll() external;

    /// @notice `revokeAll`, decided by a signature anyone may relay.
    /// @dev The message is `RevokeAllConsents(address patient,uint24 epoch,uint256 deadline)`, signed by the patient.
    /// Errors: `ConsentStale`, `SignatureExpired`, `SignatureInvalid`.
    /// @param epoch The patient's `epochOf` the message was signed against.
    /// @param authorization The patient as signer, and until when the message counts.
    /// @param signature By an EOA (65 bytes) or an ERC-1271 wallet.
    function revokeAllBySig(uint24 epoch, Authorization calldata authorization, bytes calldata signature) external;

    /// @notice Lets somebody act for the caller within a mask, or, with `until` zero, no longer.
    /// @dev A delegate can neither name delegates, nor revoke everything, nor erase records. Errors: `DelegateInvalid`,
    /// `DelegateEndPast`, `ConsentCategoriesUnknown`.
    /// @param delegate Who acts for the caller.
    /// @param until The first second the delegate no longer acts, in Unix seconds; zero removes the delegate.
    /// @param categories What the delegate decides on.
    function setDelegate(address delegate, uint40 until, Categories categories) external;

    /// @notice `setDelegate`, decided by a signature anyone may relay.
    /// @dev The message is `SetDelegate(address patient,address delegate,uint40 until,uint48 categories,
    /// uint48 revision,uint256 deadline)`, signed by the patient. Errors as `setDelegate`, and `ConsentStale`,
    /// `SignatureExpired`, `SignatureInvalid`.
    /// @param delegate Who acts for the patient.
    /// @param until The first second the delegate no longer acts, in Unix seconds; zero removes the delegate.
    /// @param categories What the delegate decides on.
    /// @param revision The `delegateRevisionOf` the message was signed against.
    /// @param authorization The patient as signer, and until when the message counts.
    /// @param signature By an EOA (65 bytes) or an ERC-1271 wallet.
    function setDelegateBySig(
        address delegate,
        uint40 until,
        Categories categories,
        uint48 revision,
        Authorization calldata authorization,
        bytes calldata signature
    ) external;

    /// @notice How often a patient revoked everything.
    /// @param patient The patient.
    /// @return The epoch; zero at first.
    function epochOf(address patient) external view returns (uint24);

    /// @notice A consent as stored. It may be over, or dead by its epoch: ask `permits`.
    /// @param patient Whose data.
    /// @param grantee Who may use it.
    /// @param policy Under which document.
    /// @return The consent; all zero when never granted.
    function consentOf(address patient, address grantee, bytes32 policy) external view returns (Consent memory);

    /// @notice What a signed message about a consent carries: the patient's epoch (high 24 bits) and the consent's
    /// version (low 24 bits). Any grant or revocation moves the version and `revokeAll` the epoch, so a message signed
    /// before either never counts after it.
    /// @param patient Whose data.
    /// @param grantee Who may use it.
    /// @param policy Under which document.
    /// @return The current revision.
    function revisionOf(address patient, address grantee, bytes32 policy) external view returns (uint48);

    /// @notice A delegate as stored. It may be over, or dead by its epoch: ask `mayDecide`.
    /// @param patient Who is acted for.
    /// @param delegate Who acts.
    /// @return The delegate; all zero when never named.
    function delegateOf(address patient, address delegate) external view returns (Delegate memory);

    /// @notice What a signed message about a delegate carries, as `revisionOf` for a consent.
    /// @param patient Who is acted for.
    /// @param delegate Who acts.
    /// @return The current revision.
    function delegateRevisionOf(address patient, address delegate) external view returns (uint48);

    /// @notice Whether an actor may decide for a patient on all these categories now.
    /// @param patient Who is decided for.
    /// @param actor The patient, or a delegate.
    /// @param categories What is decided on; when empty, only the patient may.
    /// @return Whether it may.
    function mayDecide(address patient, address actor, Categories categories) external view returns (bool);

    /// @notice Whether a grantee may use all these categories of a patient's data for a purpose now.
    /// @dev Fails closed: an unknown purpose, an empty mask, an absent consent are not permitted.
    /// @param patient Whose data.
    /// @param grantee Who uses it.
    /// @param policy Under which document; zero for none.
    /// @param purpose The bit of an HL7 v3-ActReason code.
    /// @param categories Every category that is asked for.
    /// @return Whether it may.
    function permits(
        address patient,
        address grantee,
        bytes32 policy,
        Purpose purpose,
        Categories categories
    ) external view returns (bool);
}
