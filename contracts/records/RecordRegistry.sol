// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IAccreditation} from "../accreditation/interfaces/IAccreditation.sol";
import {IConsentRegistry} from "../consent/interfaces/IConsentRegistry.sol";
import {IEmergencyAccess} from "../consent/interfaces/IEmergencyAccess.sol";
import {Access, IRecordRegistry, RecordEntry} from "./interfaces/IRecordRegistry.sol";
import {Authorization, Authorizations} from "../types/Authorization.sol";
import {BREAK_THE_GLASS} from "../types/Purpose.sol";
import {RecordId, RecordKey} from "../types/RecordKey.sol";
import {Role} from "../types/Role.sol";

/// @title RecordRegistry
/// @notice Which encrypted records exist, in which version, and who opened them on what basis.
contract RecordRegistry is IRecordRegistry, EIP712, Multicall {
    using Authorizations for Authorization;

    /* CONSTANTS */

    /// @dev What an erased record's slot holds. No sha-256 is known to be all ones, and `anchor` refuses it.
    bytes32 internal constant ERASED = bytes32(type(uint256).max);

    /// @dev The roles that write health records, a bit each.
    uint256 internal constant AUTHOR_ROLES =
        (1 << uint256(Role.Practitioner)) |
            (1 << uint256(Role.Provider)) |
            (1 << uint256(Role.Laboratory)) |
            (1 << uint256(Role.Pharmacy)) |
            (1 << uint256(Role.Insurer)) |
            (1 << uint256(Role.Researcher)) |
            (1 << uint256(Role.DeviceOperator)) |
            (1 << uint256(Role.PrescriptionService));

    bytes32 internal constant ANCHOR_TYPEHASH = keccak256(
        "AnchorRecord(bytes32 id,bytes32 digest,bytes32 previous,uint256 deadline)"
    );

    bytes32 internal constant ERASE_TYPEHASH = keccak256(
        "EraseRecords(address patient,bytes32[] ids,uint256 deadline)"
    );

    /* IMMUTABLES */

    /// @notice Who is licensed.
    IAccreditation public immutable ACCREDITATION;

    /// @notice Who is permitted, and who decides for whom.
    IConsentRegistry public immutable CONSENTS;

    /// @notice Which emergencies are open.
    IEmergencyAccess public immutable EMERGENCIES;

    /* STORAGE */

    /// @inheritdoc IRecordRegistry
    mapping(address author => mapping(bytes32 root => uint256)) public rootCountOf;

    mapping(RecordId id => bytes32) internal _digests;

    /* CONSTRUCTOR */

    constructor(
        IAccreditation accreditation,
        IConsentRegistry consents,
        IEmergencyAccess emergencies
    ) EIP712("Aceso RecordRegistry", "1") {
        ACCREDITATION = accreditation;
        CONSENTS = consents;
        EMERGENCIES = emergencies;
    }

    /* AUTHOR ACTIONS */

    /// @inheritdoc IRecordRegistry
    function anchor(Role role, RecordKey calldata key, bytes32 digest) external {
        _requireAuthor(role, key);

        _anchor(key.toId(), key.patient, key.author, key.commitment, digest, msg.sender);
    }

    /// @inheritdoc IRecordRegistry
    function anchorBatch(Role role, address author, RecordEntry[] calldata entries) external {
        _requireAccredited(role, author);

        for (uint256 i; i < entries.length; ++i) {
            RecordEntry calldata entry = entries[i];
            RecordKey memory key = RecordKey({patient: entry.patient, author: author, commitment: entry.commitment});
            RecordId id = key.toId();
            // One patient who erases a record beforehand must not stop the others'.
            if (_digests[id] == ERASED) continue;
            _anchor(id, entry.patient, author, entry.commitment, entry.digest, msg.sender);
        }
    }

    /// @inheritdoc IRecordRegistry
    function amend(Role role, RecordKey calldata key, bytes32 digest, bytes32 previous) external {
        _requireAuthor(role, key);

        _amend(key, digest, previous, msg.sender);
    }

    /// @inheritdoc IRecordRegistry
    function anchorRoot(Role role, address author, bytes32 root, uint256 count) external {
        _requireAccredited(role, author);
        require(root != 0 && count != 0, RootInvalid(root, count));
        require(rootCountOf[author][root] == 0, RootExists(author, root));

        rootCountOf[author][root] = count;

        emit RootAnchored(author, root, count, msg.sender);
    }

    /* PATIENT ACTIONS */

    /// @inheritdoc IRecordRegistry
    function anchorBySig(
        RecordKey calldata key,
        bytes32 digest,
        bytes32 previous,
        Authorization calldata authorization,
        bytes calldata signature
    ) external {
        RecordId id = key.toId();
        address patient = authorization.signer;
        require(key.patient == patient && key.author == patient, RecordNotSelfAuthored(id));
        authorization.check(
            signature,
            _hashTypedDataV4(keccak256(abi.encode(ANCHOR_TYPEHASH, id, digest, previous, authorization.deadline)))
        );

        if (previous == 0) _anchor(id, patient, patient, key.commitment, digest, patient);
        else _amend(key, digest, previous, patient);
    }

    /// @inheritdoc IRecordRegistry
    function erase(RecordKey[] calldata keys) external {
        _erase(msg.sender, keys);
    }

    /// @inheritdoc IRecordRegistry
    function eraseBySig(
        RecordKey[] calldata keys,
        Authorization calldata authorization,
        bytes calldata signature
    ) external {
        address patient = authorization.signer;
        RecordId[] memory ids = new RecordId[](keys.length);
        for (uint256 i; i < keys.length; ++i) ids[i] = keys[i].toId();
        authorization.check(
            signature,
            _hashTypedDataV4(
                keccak256(abi.encode(ERASE_TYPEHASH, patient, keccak256(abi.encodePacked(ids)), authorization.deadline))
            )
        );

        _erase(patient, keys);
    }

    /* READER ACTIONS */

    /// @inheritdoc IRecordRegistry
    function logAccess(Access calldata access) external {
        // Only who acts for the grantee logs for it, because nobody may be framed.
        require(ACCREDITATION.actsFor(msg.sender, access.grantee), AccessCallerInvalid(access.grantee, msg.sender));
        bool permitted =
            access.purpose == BREAK_THE_GLASS
                ? EMERGENCIES.isOpen(access.patient, access.grantee, access.categories)
                : CONSENTS.permits(access.patient, access.grantee, access.policy, access.purpose, access.categories);
        require(permitted, AccessNotPermitted(access.patient, access.grantee, access.purpose, access.categories));

        emit AccessLogged(
            access.patient,
            access.grantee,
            access.purpose,
            access.policy,
            access.categories,
            access.records,
            access.actor,
            msg.sender
        );
    }

    /* VIEWS */

    /// @inheritdoc IRecordRegistry
    function digestOf(RecordId id) external view returns (bytes32) {
        bytes32 digest = _digests[id];
        return digest == ERASED ? bytes32(0) : digest;
    }

    /// @inheritdoc IRecordRegistry
    function isErased(RecordId id) external view returns (bool) {
        return _digests[id] == ERASED;
    }

    /// @inheritdoc IRecordRegistry
    function isAnchored(
        RecordKey calldata key,
        bytes32 digest,
        bytes32 root,
        bytes32[] calldata proof
    ) external view returns (bool) {
        RecordId id = key.toId();
        // A slot of its own means the record was erased or amended since.
        if (_digests[id] != 0 || rootCountOf[key.author][root] == 0) return false;
        // Hashed twice, so that no inner node passes for a leaf.
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(id, digest))));
        return MerkleProof.verifyCalldata(proof, root, leaf);
    }

    /* INTERNAL */

    function _anchor(
        RecordId id,
        address patient,
        address author,
        bytes32 commitment,
        bytes32 digest,
        address actor
    ) internal {
        bytes32 current = _digests[id];
        require(current != ERASED, RecordIsErased(id));
        require(current == 0, RecordExists(id));
        _requireDigest(digest);

        _digests[id] = digest;

        emit RecordAnchored(id, patient, author, commitment, digest, actor);
    }

    function _amend(RecordKey calldata key, bytes32 digest, bytes32 previous, address actor) internal {
        RecordId id = key.toId();
        bytes32 current = _digests[id];
        require(current != ERASED, RecordIsErased(id));
        require(current != 0, RecordUnknown(id));
        require(current == previous, RecordStale(id, previous, current));
        _requireDigest(digest);

        _digests[id] = digest;

        emit RecordAmended(id, key.patient, key.author, digest, actor);
    }

    function _erase(address patient, RecordKey[] calldata keys) internal {
        for (uint256 i; i < keys.length; ++i) {
            RecordId id = keys[i].toId();
            require(keys[i].patient == patient, RecordNotOfPatient(id, patient));
            if (_digests[id] == ERASED) continue;

            _digests[id] = ERASED;

            emit RecordErased(id, patient, keys[i].author);
        }
    }

    function _requireAuthor(Role role, RecordKey calldata key) internal view {
        bool isPatientAsAuthor = msg.sender == key.patient && msg.sender == key.author;
        if (!isPatientAsAuthor) _requireAccredited(role, key.author);
    }

    function _requireAccredited(Role role, address author) internal view {
        require((AUTHOR_ROLES >> uint256(role)) & 1 == 1, RecordRoleInvalid(role));
        require(ACCREDITATION.mayAct(msg.sender, author, role), RecordUnauthorized(author, msg.sender, role));
    }

    function _requireDigest(bytes32 digest) internal pure {
        require(digest != 0 && digest != ERASED, RecordDigestInvalid(digest));
    }
}
