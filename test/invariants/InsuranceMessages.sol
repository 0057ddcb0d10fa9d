// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Preauthorization} from "../../contracts/insurance/interfaces/IClaims.sol";
import {Line} from "../../contracts/types/Claim.sol";
import {ServiceKey} from "../../contracts/types/Plan.sol";
import {Policy, PolicyId} from "../../contracts/types/Policy.sol";
import {Messages} from "./Messages.sol";

/// @notice The EIP-712 hash of every message about insurance, written from the interfaces and not from the contracts.
library InsuranceMessages {
    string internal constant LINE = "Line(bytes32 service,uint24 day,uint8 number,uint32 quantity,uint96 billed)";

    function quote(address escrow, Policy memory policy, uint256 deadline) internal view returns (bytes32) {
        bytes32 kind = keccak256(
            "Quote(bytes32 plan,address patient,address holder,uint24 firstDay,uint24 endDay,uint96 premium,bytes32 document,uint256 deadline)"
        );
        return _typed(escrow, abi.encode(kind, policy, deadline));
    }

    function terminate(
        address escrow,
        PolicyId policy,
        uint24 endDay,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes32 kind = keccak256("TerminatePolicy(bytes32 policy,uint24 endDay,uint256 deadline)");
        return _typed(escrow, abi.encode(kind, policy, endDay, deadline));
    }

    function acknowledge(
        address escrow,
        PolicyId policy,
        address provider,
        bytes32 lines,
        bytes32 documents,
        uint256 deadline
    ) internal view returns (bytes32) {
        bytes32 kind = keccak256(
            abi.encodePacked(
                "AcknowledgeClaim(bytes32 policy,address provider,Line[] lines,bytes32 documents,uint256 deadline)",
                LINE
            )
        );
        return _typed(escrow, abi.encode(kind, policy, provider, lines, documents, deadline));
    }

    function preauthorize(
        address escrow,
        PolicyId policy,
        address provider,
        ServiceKey service,
        Preauthorization memory promise_
    ) internal view returns (bytes32) {
        bytes32 kind = keccak256(
            "Preauthorization(bytes32 policy,address provider,bytes32 service,uint96 amount,uint24 lastDay,bytes32 preAuthRef)"
        );
        return
            _typed(
                escrow,
                abi.encode(kind, policy, provider, service, promise_.amount, promise_.lastDay, promise_.preAuthRef)
            );
    }

    function appeal(address escrow, bytes32 claim, bytes32 grounds, uint256 deadline) internal view returns (bytes32) {
        bytes32 kind = keccak256("AppealClaim(bytes32 claim,bytes32 grounds,uint256 deadline)");
        return _typed(escrow, abi.encode(kind, claim, grounds, deadline));
    }

    function hashLines(Line[] memory lines) internal pure returns (bytes32) {
        bytes memory hashes;
        for (uint256 i; i < lines.length; ++i) {
            hashes = bytes.concat(hashes, keccak256(abi.encode(keccak256(bytes(LINE)), lines[i])));
        }
        return keccak256(hashes);
    }

    function _typed(address escrow, bytes memory message) private view returns (bytes32) {
        return Messages.typed("Aceso ClaimEscrow", escrow, message);
    }
}
