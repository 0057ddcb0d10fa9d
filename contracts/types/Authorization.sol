// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @notice Who signed one message anyone may relay, and until when. The signature stands beside it.
struct Authorization {
    /// The account that decides: an EOA or an ERC-1271 wallet.
    address signer;
    /// The last second the message counts, in Unix seconds.
    uint256 deadline;
}

/// @notice The message's deadline has passed: ask the signer for a new one.
error SignatureExpired(uint256 deadline);

/// @notice The signature is not this signer's over this message, on this chain and contract.
error SignatureInvalid(address signer);

/// @title Authorizations
/// @notice Checks signed messages the same way in every contract.
library Authorizations {
    /// @dev `messageHash` is the EIP-712 hash with the contract's domain. What makes the message count only once
    /// (a version, an epoch, the value it replaces) is part of the message and checked by the caller.
    function check(Authorization calldata authorization, bytes calldata signature, bytes32 messageHash) internal view {
        require(block.timestamp <= authorization.deadline, SignatureExpired(authorization.deadline));
        address signer = authorization.signer;
        (address recovered, , ) = ECDSA.tryRecoverCalldata(messageHash, signature);
        // The key first: asking whether there is a wallet at its address costs more than it does to recover it.
        require(
            (recovered == signer && signer != address(0)) ||
                SignatureChecker.isValidERC1271SignatureNowCalldata(signer, messageHash, signature),
            SignatureInvalid(signer)
        );
    }
}
