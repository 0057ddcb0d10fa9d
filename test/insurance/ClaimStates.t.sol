// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {ClaimStates, PackedClaim} from "../../contracts/insurance/ClaimStates.sol";
import {ClaimState, ClaimStatus} from "../../contracts/insurance/interfaces/IClaims.sol";
import {vm} from "../Vm.sol";

/// @notice The two words a claim is stored in.
contract ClaimStatesTest {
    PackedClaim internal _claim;

    function testFuzz_AClaimsSlotsGiveBackWhatWentIn(
        uint96[4] calldata amounts,
        uint40 deadline,
        uint8 status,
        bool unfunded,
        bool automatic,
        uint256 first,
        uint256 second
    ) external {
        ClaimState memory state = ClaimState({
            benefit: amounts[0],
            outOfPocket: amounts[1],
            deadline: deadline,
            status: ClaimStatus(status % 7),
            unfunded: unfunded,
            automatic: automatic,
            deductible: amounts[2],
            disputed: amounts[3]
        });
        // Whatever stood there before.
        (_claim.first, _claim.second) = (first, second);

        _claim.store(state);

        vm.assertEq(keccak256(abi.encode(_claim.load())), keccak256(abi.encode(state)));
    }

    function testFuzz_AClaimPaidAtOnceFillsOneSlot(uint80[3] calldata amounts) external {
        ClaimState memory state;
        (state.benefit, state.outOfPocket, state.deductible) = (amounts[0], amounts[1], amounts[2]);
        state.status = ClaimStatus.Final;

        _claim.store(state);

        vm.assertEq(_claim.second, 0);
    }
}
