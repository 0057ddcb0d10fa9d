// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Terms} from "../../contracts/consent/interfaces/IConsentRegistry.sol";
import {Categories} from "../../contracts/types/Categories.sol";
import {RecordKey} from "../../contracts/types/RecordKey.sol";

/// @notice The EIP-712 hash of every message, written from the interfaces and not from the contracts.
library Messages {
    bytes32 internal constant DOMAIN = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );

    string internal constant TERMS = "Terms(uint80 purposes,uint48 categories,uint40 validFrom,uint40 validUntil)";

    function grant(
        address registry,
        address patient,
        address grantee,
        bytes32 policy,
        Terms memory terms,
        uint48 revision,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes32 kind = keccak256(
            abi.encodePacked(
                "GrantConsent(address patient,address grantee,bytes32 policy,Terms terms,uint48 revision,uint256 deadline)",
                TERMS
            )
        );
        bytes32 agreed = keccak256(abi.encode(keccak256(bytes(TERMS)), terms));
        return
            typed(
                "Aceso ConsentRegistry",
                registry,
                abi.encode(kind, patient, grantee, policy, agreed, revision, deadline)
            );
    }

    function revoke(
        address registry,
        address patient,
        address grantee,
        bytes32 policy,
        uint48 revision,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes32 kind = keccak256(
            "RevokeConsent(address patient,address grantee,bytes32 policy,uint48 revision,uint256 deadline)"
        );
        return typed("Aceso ConsentRegistry", registry, abi.encode(kind, patient, grantee, policy, revision, deadline));
    }

    function revokeAll(
        address registry,
        address patient,
        uint24 epoch,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes32 kind = keccak256("RevokeAllConsents(address patient,uint24 epoch,uint256 deadline)");
        return typed("Aceso ConsentRegistry", registry, abi.encode(kind, patient, epoch, deadline));
    }

    function setDelegate(
        address registry,
        address patient,
        address delegate,
        uint40 until,
        Categories categories,
        uint48 revision,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes32 kind = keccak256(
            "SetDelegate(address patient,address delegate,uint40 until,uint48 categories,uint48 revision,uint256 deadline)"
        );
        return
            typed(
                "Aceso ConsentRegistry",
                registry,
                abi.encode(kind, patient, delegate, until, categories, revision, deadline)
            );
    }

    function countersign(
        address emergencies,
        address patient,
        address clinician,
        uint24 version,
        bytes32 evidence,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes32 kind = keccak256(
            "CountersignEmergency(address patient,address clinician,uint24 version,bytes32 evidence,uint256 deadline)"
        );
        return
            typed(
                "Aceso EmergencyAccess",
                emergencies,
                abi.encode(kind, patient, clinician, version, evidence, deadline)
            );
    }

    function contest(
        address emergencies,
        address patient,
        address clinician,
        uint40 openedAt,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes32 kind = keccak256(
            "ContestEmergency(address patient,address clinician,uint40 openedAt,uint256 deadline)"
        );
        return typed("Aceso EmergencyAccess", emergencies, abi.encode(kind, patient, clinician, openedAt, deadline));
    }

    function setPreference(
        address emergencies,
        address patient,
        Categories categories,
        uint48 revision,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes32 kind = keccak256(
            "SetEmergencyPreference(address patient,uint48 categories,uint48 revision,uint256 deadline)"
        );
        return typed("Aceso EmergencyAccess", emergencies, abi.encode(kind, patient, categories, revision, deadline));
    }

    function anchor(
        address records,
        RecordKey memory key,
        bytes32 digest,
        bytes32 previous,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes32 kind = keccak256("AnchorRecord(bytes32 id,bytes32 digest,bytes32 previous,uint256 deadline)");
        bytes32 id = keccak256(abi.encode(key.patient, key.author, key.commitment));
        return typed("Aceso RecordRegistry", records, abi.encode(kind, id, digest, previous, deadline));
    }

    function erase(
        address records,
        address patient,
        RecordKey[] memory keys,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes32 kind = keccak256("EraseRecords(address patient,bytes32[] ids,uint256 deadline)");
        bytes memory ids;
        for (uint256 i; i < keys.length; ++i) {
            ids = bytes.concat(ids, keccak256(abi.encode(keys[i].patient, keys[i].author, keys[i].commitment)));
        }
        return typed("Aceso RecordRegistry", records, abi.encode(kind, patient, keccak256(ids), deadline));
    }

    function publish(
        address directory,
        address account,
        bytes32 key,
        bytes32 previous,
        uint256 nonce,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes32 kind = keccak256(
            "PublishKey(address account,bytes32 key,bytes32 previous,uint256 nonce,uint256 deadline)"
        );
        return typed("Aceso KeyDirectory", directory, abi.encode(kind, account, key, previous, nonce, deadline));
    }

    function typed(string memory name, address verifier, bytes memory message) internal view returns (bytes32) {
        bytes32 domain = keccak256(abi.encode(DOMAIN, keccak256(bytes(name)), keccak256("1"), block.chainid, verifier));
        return keccak256(abi.encodePacked("\x19\x01", domain, keccak256(message)));
    }
}
