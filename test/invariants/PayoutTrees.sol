// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @notice Trees of payouts in the form `IRewardDistributor` describes: leaves last in reverse, the root first.
library PayoutTrees {
    function leaf(uint256 index, address account, uint256 amount) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(index, account, amount))));
    }

    function root(bytes32[] memory leaves) internal pure returns (bytes32) {
        return _tree(leaves)[0];
    }

    function proof(bytes32[] memory leaves, uint256 place) internal pure returns (bytes32[] memory path) {
        bytes32[] memory nodes = _tree(leaves);
        uint256 depth;
        uint256 start = nodes.length - 1 - place;
        for (uint256 i = start; i != 0; i = (i - 1) / 2) ++depth;
        path = new bytes32[](depth);
        for (uint256 i = start; i != 0; i = (i - 1) / 2) {
            path[path.length - depth--] = nodes[i % 2 == 1 ? i + 1 : i - 1];
        }
    }

    function _tree(bytes32[] memory leaves) private pure returns (bytes32[] memory nodes) {
        nodes = new bytes32[](2 * leaves.length - 1);
        for (uint256 i; i < leaves.length; ++i) nodes[nodes.length - 1 - i] = leaves[i];
        for (uint256 i = leaves.length - 1; i > 0; --i) {
            nodes[i - 1] = Hashes.commutativeKeccak256(nodes[2 * i - 1], nodes[2 * i]);
        }
    }
}
