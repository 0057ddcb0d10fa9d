// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Authorization} from "../../types/Authorization.sol";

/// @title IKeyDirectory
/// @notice Where an account's public encryption key is found, so that others can wrap content keys for it.
interface IKeyDirectory {
    /// @notice An account published its encryption key.
    /// @param account Whose key.
    /// @param key The X25519 public key.
    event KeyPublished(address indexed account, bytes32 key);

    /// @notice The zero key is no X25519 public key.
    error KeyZero();
    /// @notice The message replaces another key than the one published: sign again against the current one.
    error KeyStale(bytes32 signed, bytes32 current);

    /// @notice Publishes the caller's X25519 public key (RFC 7748), replacing the one before.
    /// @dev Errors: `KeyZero`.
    /// @param key The public key, 32 bytes as RFC 7748 encodes it.
    function publish(bytes32 key) external;

    /// @notice `publish`, decided by a signature anyone may relay.
    /// @dev The message is `PublishKey(address account,bytes32 key,bytes32 previous,uint256 nonce,uint256 deadline)`,
    /// signed by the account, with its `nonces`. Errors as `publish`, and `KeyStale`, `SignatureExpired`,
    /// `SignatureInvalid`.
    /// @param key The public key.
    /// @param previous The key it replaces; zero when none is published.
    /// @param authorization The account as signer, and until when the message counts.
    /// @param signature By an EOA (65 bytes) or an ERC-1271 wallet.
    function publishBySig(
        bytes32 key,
        bytes32 previous,
        Authorization calldata authorization,
        bytes calldata signature
    ) external;

    /// @notice An account's X25519 public key.
    /// @param account Whose key.
    /// @return The key; zero when none is published.
    function keyOf(address account) external view returns (bytes32);
}
