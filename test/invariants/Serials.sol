// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

import {BatchId} from "../../contracts/types/Batch.sol";

/// @notice Serials `S0`, `S1`, … of a batch in the tree `IBatches` describes: leaves last in reverse, the root first.
library Serials {
    function serial(uint256 number) internal pure returns (bytes32) {
        bytes memory digits = new bytes(2);
        digits[0] = bytes1(uint8(48 + number / 10));
        digits[1] = bytes1(uint8(48 + (number % 10)));
        return bytes32(bytes.concat("S", digits));
    }

    function leaf(BatchId batch, uint24 number, bytes32 ofUnit) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(batch, number, ofUnit))));
    }

    function root(BatchId batch, uint256 units) internal pure returns (bytes32) {
        return _tree(batch, units)[0];
    }

    function proof(BatchId batch, uint256 units, uint256 number) internal pure returns (bytes32[] memory path) {
        bytes32[] memory nodes = _tree(batch, units);
        uint256 depth;
        uint256 start = nodes.length - 1 - number;
        for (uint256 i = start; i != 0; i = (i - 1) / 2) ++depth;
        path = new bytes32[](depth);
        for (uint256 i = start; i != 0; i = (i - 1) / 2) {
            path[path.length - depth--] = nodes[i % 2 == 1 ? i + 1 : i - 1];
        }
    }

    function _tree(BatchId batch, uint256 units) private pure returns (bytes32[] memory nodes) {
        nodes = new bytes32[](2 * units - 1);
        for (uint256 i; i < units; ++i) nodes[nodes.length - 1 - i] = leaf(batch, uint24(i), serial(i));
        for (uint256 i = units - 1; i > 0; --i) {
            nodes[i - 1] = Hashes.commutativeKeccak256(nodes[2 * i - 1], nodes[2 * i]);
        }
    }
}
