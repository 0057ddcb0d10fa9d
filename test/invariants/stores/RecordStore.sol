// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {RecordKey} from "../../../contracts/types/RecordKey.sol";

/// @notice Every record anybody tried to anchor, and what its author and patient left of it.
contract RecordStore {
    struct Left {
        bytes32 digest;
        bool erased;
    }

    /// @notice Writes by somebody who is not the author, its staff or the patient, or over an erased record.
    uint256 public usurped;

    /// @notice Writes that were refused although nothing stood against them.
    uint256 public refused;

    RecordKey[] internal _keys;

    mapping(bytes32 key => bool) internal _known;
    mapping(bytes32 key => Left) internal _left;

    function meet(RecordKey calldata key) external {
        bytes32 slot = keccak256(abi.encode(key));
        if (!_known[slot]) _keys.push(key);
        _known[slot] = true;
    }

    function wrote(RecordKey calldata key, bytes32 digest) external {
        _left[keccak256(abi.encode(key))].digest = digest;
    }

    function erased(RecordKey calldata key) external {
        _left[keccak256(abi.encode(key))] = Left({digest: 0, erased: true});
    }

    function judge(bool succeeded, bool rightful) external {
        if (succeeded && !rightful) ++usurped;
        if (!succeeded && rightful) ++refused;
    }

    function count() external view returns (uint256) {
        return _keys.length;
    }

    function keyAt(uint256 index) external view returns (RecordKey memory) {
        return _keys[index];
    }

    function leftOf(RecordKey calldata key) external view returns (Left memory) {
        return _left[keccak256(abi.encode(key))];
    }
}
