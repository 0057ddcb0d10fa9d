// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Authorization} from "../../types/Authorization.sol";
import {Categories} from "../../types/Categories.sol";
import {Purpose} from "../../types/Purpose.sol";
import {RecordId, RecordKey} from "../../types/RecordKey.sol";
import {Role} from "../../types/Role.sol";

/// @notice One record of a batch; its author is the batch's.
struct RecordEntry {
    address patient;
    bytes32 commitment;
    bytes32 digest;
}

/// @notice One opening of a patient's chart.
struct Access {
    address patient;
    /// Who used the data: the caller, or the organisation the caller acts for.
    address grantee;
    /// The consent's policy; of no meaning in an emergency.
    bytes32 policy;
    /// The purpose of use; `BTG` means an open emergency instead of a consent.
    Purpose purpose;
    /// Every category that was opened.
    Categories categories;
    /// The Merkle root of the ids of what was opened, or the one id.
    bytes32 records;
    /// Keyed digest of the member of staff, for the grantee to resolve.
    bytes32 actor;
}

/// @title IRecordRegistry
/// @notice Which encrypted records exist, in which version, and who opened them on what basis.
/// @dev A record is a ciphertext, anchored by its sha-256 digest, which also names its blob (CIDv1, raw). Its key hashes
/// to its id; the category stays hidden in the commitment. Storage is one slot a record: the current digest.
interface IRecordRegistry {
    /// @notice A record was anchored.
    /// @param id The hash of its key.
    /// @param patient Whose record.
    /// @param author Who answers for it.
    /// @param commitment To its categories.
    /// @param digest The sha-256 of its ciphertext.
    /// @param actor Who anchored it: the author, its staff, or the patient as author.
    event RecordAnchored(
        RecordId indexed id,
        address indexed patient,
        address indexed author,
        bytes32 commitment,
        bytes32 digest,
        address actor
    );

    /// @notice A record has a new version.
    /// @param id The hash of its key.
    /// @param patient Whose record.
    /// @param author Who answers for it.
    /// @param digest The sha-256 of the new ciphertext.
    /// @param actor Who amended it.
    event RecordAmended(
        RecordId indexed id,
        address indexed patient,
        address indexed author,
        bytes32 digest,
        address actor
    );

    /// @notice The patient erased a record.
    /// @param id The hash of its key.
    /// @param patient Whose record.
    /// @param author Who answered for it.
    event RecordErased(RecordId indexed id, address indexed patient, address indexed author);

    /// @notice Records were anchored by a Merkle root.
    /// @param author Who answers for them.
    /// @param root Of a tree of `(id, digest)`.
    /// @param count How many there are, as the author says.
    /// @param actor Who anchored it: the author or its staff.
    event RootAnchored(address indexed author, bytes32 indexed root, uint256 count, address actor);

    /// @notice A patient's chart was opened; a consent permitted it, or an emergency was open, at this block.
    /// @param patient Whose chart.
    /// @param grantee Who used the data.
    /// @param purpose The purpose of use; `BTG` means an emergency.
    /// @param policy The consent's policy; of no meaning in an emergency.
    /// @param categories Every category that was opened.
    /// @param records The Merkle root of the ids of what was opened, or the one id.
    /// @param actor Keyed digest of the member of staff, for the grantee to resolve.
    /// @param caller Who logged it: the grantee or its staff.
    event AccessLogged(
        address indexed patient,
        address indexed grantee,
        Purpose indexed purpose,
        bytes32 policy,
        Categories categories,
        bytes32 records,
        bytes32 actor,
        address caller
    );

    /// @notice Records are not authored in this role.
    error RecordRoleInvalid(Role role);
    /// @notice The caller is neither the accredited author (or its staff) nor the patient as author.
    error RecordUnauthorized(address author, address caller, Role role);
    /// @notice A digest is a sha-256 of a ciphertext; zero and all ones are not.
    error RecordDigestInvalid(bytes32 digest);
    /// @notice The record is anchored already: amend it.
    error RecordExists(RecordId id);
    /// @notice The record is not anchored by itself: anchor it.
    error RecordUnknown(RecordId id);
    /// @notice The patient erased the record, for good.
    error RecordIsErased(RecordId id);
    /// @notice The record is another patient's.
    error RecordNotOfPatient(RecordId id, address patient);
    /// @notice A patient signs only for records they author about themselves.
    error RecordNotSelfAuthored(RecordId id);
    /// @notice The call or message replaces another digest than the current one: look again.
    error RecordStale(RecordId id, bytes32 signed, bytes32 current);
    /// @notice A root covers at least one record, and is not zero.
    error RootInvalid(bytes32 root, uint256 count);
    /// @notice The author anchored this root already.
    error RootExists(address author, bytes32 root);
    /// @notice Nobody logs an access for another: the caller is neither the grantee nor its staff.
    error AccessCallerInvalid(address grantee, address caller);
    /// @notice Neither a consent nor, for `BTG`, an open emergency covers this access now.
    error AccessNotPermitted(address patient, address grantee, Purpose purpose, Categories categories);

    /// @notice Anchors a record by an accredited author or its staff, or by the patient as author.
    /// @dev Errors: `RecordRoleInvalid`, `RecordUnauthorized`, `RecordExists`, `RecordIsErased`, `RecordDigestInvalid`.
    /// @param role The role the author is licensed in; not looked at when the patient is the author.
    /// @param key Patient, author and commitment.
    /// @param digest The sha-256 of the ciphertext.
    function anchor(Role role, RecordKey calldata key, bytes32 digest) external;

    /// @notice `anchor`, for many records of one accredited author. What a patient erased beforehand is left out, so that
    /// one patient cannot stop the others' records; any other error stops all.
    /// @dev Errors as `anchor`, without `RecordIsErased`.
    /// @param role The role the author is licensed in.
    /// @param author Who answers for the records.
    /// @param entries Patient, commitment and digest of each.
    function anchorBatch(Role role, address author, RecordEntry[] calldata entries) external;

    /// @notice Anchors or, with `previous` not zero, amends a record of a patient who is its author, by a signature
    /// anyone may relay.
    /// @dev The message is `AnchorRecord(bytes32 id,bytes32 digest,bytes32 previous,uint256 deadline)`, signed by the
    /// patient. Errors: `RecordNotSelfAuthored`, `RecordExists`, `RecordStale`, `RecordIsErased`, `RecordDigestInvalid`,
    /// `SignatureExpired`, `SignatureInvalid`.
    /// @param key The patient as patient and author, and the commitment.
    /// @param digest The sha-256 of the ciphertext.
    /// @param previous The digest it replaces; zero when the record is new.
    /// @param authorization The patient as signer, and until when the message counts.
    /// @param signature By an EOA (65 bytes) or an ERC-1271 wallet.
    function anchorBySig(
        RecordKey calldata key,
        bytes32 digest,
        bytes32 previous,
        Authorization calldata authorization,
        bytes calldata signature
    ) external;

    /// @notice Replaces an anchored record's digest. A record under a root is amended by `anchor`.
    /// @dev Errors: `RecordRoleInvalid`, `RecordUnauthorized`, `RecordUnknown`, `RecordIsErased`, `RecordStale`,
    /// `RecordDigestInvalid`.
    /// @param role The role the author is licensed in; not looked at when the patient is the author.
    /// @param key Patient, author and commitment.
    /// @param digest The sha-256 of the new ciphertext.
    /// @param previous The digest it replaces, so that of two amendments at a time one is refused.
    function amend(Role role, RecordKey calldata key, bytes32 digest, bytes32 previous) external;

    /// @notice Anchors any number of records of one accredited author by a Merkle root.
    /// @dev Errors: `RecordRoleInvalid`, `RecordUnauthorized`, `RootInvalid`, `RootExists`.
    /// @param role The role the author is licensed in.
    /// @param author Who answers for the records.
    /// @param root Of an OpenZeppelin `StandardMerkleTree` of `(bytes32 id, bytes32 digest)`.
    /// @param count The number of leaves, for readers; proofs do not depend on it.
    function anchorRoot(Role role, address author, bytes32 root, uint256 count) external;

    /// @notice Erases records of the caller, for good, whether anchored by themselves, under a root or not yet.
    /// Erasing again changes nothing.
    /// @dev Errors: `RecordNotOfPatient`.
    /// @param keys Patient (the caller), author and commitment of each.
    function erase(RecordKey[] calldata keys) external;

    /// @notice `erase`, decided by a signature anyone may relay.
    /// @dev The message is `EraseRecords(address patient,bytes32[] ids,uint256 deadline)`, signed by the patient.
    /// Errors: `RecordNotOfPatient`, `SignatureExpired`, `SignatureInvalid`.
    /// @param keys What the ids are hashed from, in their order.
    /// @param authorization The patient as signer, and until when the message counts.
    /// @param signature By an EOA (65 bytes) or an ERC-1271 wallet.
    function eraseBySig(
        RecordKey[] calldata keys,
        Authorization calldata authorization,
        bytes calldata signature
    ) external;

    /// @notice Writes an opening of a patient's chart into the trail. It is refused unless a consent permits it now,
    /// or, for the purpose `BTG`, an emergency of the grantee is open.
    /// @dev Errors: `AccessCallerInvalid`, `AccessNotPermitted`.
    /// @param access Whose chart, by whom, on what basis, and what was opened.
    function logAccess(Access calldata access) external;

    /// @notice A record's current digest.
    /// @param id The record.
    /// @return The digest; zero when it is not anchored by itself, or erased.
    function digestOf(RecordId id) external view returns (bytes32);

    /// @notice Whether the patient erased a record.
    /// @param id The record.
    /// @return Whether it is erased.
    function isErased(RecordId id) external view returns (bool);

    /// @notice How many records an author anchored under a root.
    /// @param author The author.
    /// @param root The root.
    /// @return The count; zero when the root is not anchored.
    function rootCountOf(address author, bytes32 root) external view returns (uint256);

    /// @notice Whether a digest is a record's current one under a root of its author.
    /// @param key Patient, author and commitment.
    /// @param digest The sha-256 of the ciphertext.
    /// @param root A root the author anchored.
    /// @param proof The record's Merkle proof.
    /// @return Whether it is proven, not erased, and not amended since.
    function isAnchored(
        RecordKey calldata key,
        bytes32 digest,
        bytes32 root,
        bytes32[] calldata proof
    ) external view returns (bool);
}
